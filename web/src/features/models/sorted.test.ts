import { expect, test } from "vitest";
import type { Model } from "../../lib/domain";
import { sorted } from "./sorted";

const model = (name: string, costUsd: number | null, calls: number) => ({ model: name, costUsd, calls }) as Model;
const models = [model("b", 2, 1), model("a", null, 9), model("c", 5, 3)];
const names = (sort?: string) => sorted(models, sort).map((m) => m.model).join("");

test("models are sorted by a column, those without a value last", () => {
  expect(names()).toBe("bac");
  expect(names("-cost_usd")).toBe("cba");
  expect(names("cost_usd")).toBe("bca");
  expect(names("-calls")).toBe("acb");
  expect(names("model")).toBe("abc");
  expect(names("nothing")).toBe("bac");
});
