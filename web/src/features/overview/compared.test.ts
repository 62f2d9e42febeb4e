import { expect, test } from "vitest";
import { baseOf, fieldsOf, hasWeekBefore } from "./compared";

test("the fields of an address are compared, each once; without any, the usual ones are", () => {
  expect(fieldsOf({})).toEqual([]);
  expect(fieldsOf({ changed: "model, prop.tenant,,model" })).toEqual(["model", "prop.tenant"]);
});

test("a range is compared with the one before, which the server knows, or with the same a week before", () => {
  const [from, to] = ["2026-11-27T08:00:00.000Z", "2026-11-28T08:00:00.000Z"];
  expect(baseOf({}, from, to)).toEqual({});
  expect(baseOf({ base: "week" }, from, to)).toEqual({ base_from: "2026-11-20T08:00:00.000Z", base_to: "2026-11-21T08:00:00.000Z" });
  expect(baseOf({ base: "year" }, from, to)).toEqual({});
});

test("a range longer than a week is never compared with a part of itself", () => {
  const [from, to] = ["2026-11-01T00:00:00.000Z", "2026-11-28T00:00:00.000Z"];
  expect(hasWeekBefore(from, to)).toBe(false);
  expect(baseOf({ base: "week" }, from, to)).toEqual({});
  expect(hasWeekBefore("2026-11-21T00:00:00.000Z", to)).toBe(true);
});
