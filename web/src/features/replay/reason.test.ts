import { expect, it } from "vitest";
import { pendingLabel } from "./reason";

it("does not call a recording pending when it is probably lost", () => {
  expect(pendingLabel(0, 10 * 60_000 - 1)).toBe("Pending");
  expect(pendingLabel(0, 10 * 60_000)).toBe("Not arrived");
});
