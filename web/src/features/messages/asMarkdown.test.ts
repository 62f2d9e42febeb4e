import { expect, it } from "vitest";
import type { Content, Message } from "../../lib/domain";
import { asMarkdown } from "./asMarkdown";

const message = (role: string, ...parts: Message["parts"]): Message => ({ role, name: "", toolCallId: "", parts });
const content = (rest: Partial<Content>) => ({ input: [], inputNext: null, inputLast: [], inputLastNext: null, output: [], outputNext: null, ...rest }) as unknown as Content;

it("writes messages, tool calls and their results", () => {
  const text = asMarkdown("gpt-5", content({
    input: [message("user", { type: "text", text: "When does the ferry leave?" })],
    output: [
      message("assistant", { type: "thinking", text: "Look it up.\nThen answer." }, { type: "tool_call", id: "1", name: "search", arguments: { q: "ferry" } }),
      message("tool", { type: "tool_result", id: "1", text: "```\nnoon\n```", raw: null }),
    ],
  }));
  expect(text).toBe(`# gpt-5

## user

When does the ferry leave?

## assistant

> Look it up.
> Then answer.

Tool call \`search\`:

\`\`\`json
{
  "q": "ferry"
}
\`\`\`

## tool

Tool result:

\`\`\`\`
\`\`\`
noon
\`\`\`
\`\`\`\`
`);
});

it("says where messages are missing", () => {
  expect(asMarkdown("x", content({ input: [message("user", { type: "text", text: "a" })], inputNext: "c" }))).toContain("More messages follow");
});
