import { expect, it } from "vitest";
import { textLines } from "./lines";

async function read(...pieces: (string | Error)[]): Promise<string[]> {
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const piece = pieces.shift();
      if (piece === undefined) controller.close();
      else if (piece instanceof Error) controller.error(piece);
      else controller.enqueue(new TextEncoder().encode(piece));
    },
  });
  const lines: string[] = [];
  for await (const line of textLines(body, "The trace")) lines.push(line);
  return lines;
}

it("reads lines wherever the answer is cut", async () => {
  expect(await read('{"a":1}\n{"a"', ":2}\n\n", '{"é":3}')).toEqual(['{"a":1}', '{"a":2}', '{"é":3}']);
  expect(await read()).toEqual([]);
});

it("says so when the answer breaks off", async () => {
  await expect(read("1\n", new TypeError("network"))).rejects.toThrow("The trace broke off while it was read.");
});
