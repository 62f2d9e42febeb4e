import { expect, it } from "vitest";
import type { Call, Tokens } from "../../lib/domain";
import { soFar } from "./soFar";

const tokens = (input: number | null, output: number | null) => ({ input, output }) as Tokens;
const call = (startMs: number, kind: Call["kind"], costUsd: number | null, costState: Call["costState"], input: number | null = 10, output: number | null = 5) => ({ kind, startMs, tokens: tokens(input, output), costUsd, costState });

it("adds up the calls that had begun", () => {
  const calls = [call(100, "generation", 0.5, "priced"), call(200, "embedding", 0.25, "given", 7, null), call(150, "span", null, null), call(300, "generation", 1, "priced")];
  expect(soFar(calls, 250)).toEqual({ calls: 2, input: 17, output: 5, costUsd: 0.75, unpriced: 0 });
  expect(soFar(calls, 99)).toEqual({ calls: 0, input: 0, output: 0, costUsd: null, unpriced: 0 });
});

it("counts those without a price", () => {
  expect(soFar([call(100, "generation", null, "unpriced")], 100)).toEqual({ calls: 1, input: 10, output: 5, costUsd: null, unpriced: 1 });
});
