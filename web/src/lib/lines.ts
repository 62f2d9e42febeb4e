// Reads an answer of lines while it arrives.
import { ApiError } from "./api/error";

/** The lines that are not empty. Rejects with an ApiError when the answer breaks off. what is the answer's name for people: "The recording". */
export async function* textLines(body: ReadableStream<Uint8Array>, what: string): AsyncGenerator<string> {
  const reader = body.getReader();
  const read = () =>
    reader.read().catch((cause: unknown) => {
      if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
      // The answer began, and then the storage or the connection failed.
      throw new ApiError("server", `${what} broke off while it was read.`);
    });
  const decoder = new TextDecoder();
  let rest = "";
  try {
    for (;;) {
      const { done, value } = await read();
      rest += decoder.decode(value, { stream: !done });
      const lines = rest.split("\n");
      rest = done ? "" : (lines.pop() ?? "");
      for (const line of lines) if (line.trim() !== "") yield line;
      if (done) return;
    }
  } finally {
    reader.cancel().catch(() => undefined);
  }
}
