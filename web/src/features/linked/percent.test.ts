import { expect, it } from "vitest";
import { percent } from "./percent";

it("never rounds to all or nothing", () => {
  expect([null, 0, 0.001, 0.5, 0.999, 1].map(percent)).toEqual(["–", "0 %", "< 1 %", "50 %", "> 99 %", "100 %"]);
});
