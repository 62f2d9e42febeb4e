import { expect, it } from "vitest";
import { connected, needs } from "./connected";

it("says of each library how many calls it sent and what they lack", () => {
  const lacking = needs.map((n) => (n.name === "session" ? [["posthog-ai/8.13.1", 3]] : n.name === "tokens" ? [[null, 2]] : []));
  const all = connected(
    [
      [null, 2, 1000],
      ["posthog-ai/8.13.1", 4, 2000],
      ["@posthog/ai/7.1.0", 4, 3000],
      ["opentelemetry.instrumentation.openai_v2", 1, 4000],
    ],
    lacking,
  );
  expect(all.map((c) => [c.library, c.version, c.calls, c.lastMs])).toEqual([
    ["@posthog/ai", "7.1.0", 4, 3000],
    ["posthog-ai", "8.13.1", 4, 2000],
    ["", "", 2, 1000],
    ["opentelemetry.instrumentation.openai_v2", "", 1, 4000],
  ]);
  expect(all.map((c) => c.lacks.map((l) => [l.label, l.share, l.q]))).toEqual([
    [],
    [["session", 0.75, 'library:"posthog-ai/8.13.1" -session:* -link:linked']],
    [["tokens", 1, "-library:* -input_tokens:* -error:true"]],
    [],
  ]);
});
