"""A Chainlit app, as its documentation begins: each message is answered with the stream of a model, which is at MODEL."""

import os

import chainlit
import httpx


@chainlit.on_message
async def answer(message: chainlit.Message) -> None:
    reply = chainlit.Message(content="")
    async with httpx.AsyncClient(timeout=None) as client:
        async with client.stream("POST", os.environ["MODEL"], json={"message": message.content}) as response:
            async for piece in response.aiter_text():
                await reply.stream_token(piece)
    await reply.update()
