import { expect, it } from "vitest";
import { pendingLabel, uncertaintyOf } from "./reason";

it("does not call a recording pending when it is probably lost", () => {
  expect(pendingLabel(0, 10 * 60_000 - 1)).toBe("Pending");
  expect(pendingLabel(0, 10 * 60_000)).toBe("Not arrived");
});

it("says of the moment how wrong it may be because of what it follows from", () => {
  const asked = uncertaintyOf({ momentFrom: "asked", momentUncertaintyMs: 50, clockOffsetMs: -3_600_000 });
  expect(asked?.label).toBe("±50 ms");
  expect(asked?.why).toMatch(/shows when the user asked/);
  expect(asked?.why).not.toMatch(/clock/);
  const call = uncertaintyOf({ momentFrom: "call", momentUncertaintyMs: 240, clockOffsetMs: -3_600_000 });
  expect(call?.label).toBe("±0.2 s");
  expect(call?.why).toMatch(/does not show when the user asked.*3600\.0 s behind the backend's/);
  expect(uncertaintyOf({ momentFrom: "call", momentUncertaintyMs: null, clockOffsetMs: null })).toBeNull();
});
