import { expect, test } from "vitest";
import { fromField, isZone, labels, toField } from "./zone";

test("a typed time is one of the chosen zone, there and back", () => {
  for (const [zone, typed, instant] of [
    ["UTC", "2026-05-04T13:30", "2026-05-04T13:30:00.000Z"],
    ["Europe/Berlin", "2026-05-04T13:30", "2026-05-04T11:30:00.000Z"],
    ["America/New_York", "2026-01-04T23:30", "2026-01-05T04:30:00.000Z"],
    ["Asia/Kolkata", "2026-05-04T00:15", "2026-05-03T18:45:00.000Z"],
  ] as const) {
    expect(fromField(typed, zone)).toBe(instant);
    expect(toField(instant, zone)).toBe(typed);
  }
  expect([fromField("", "UTC"), toField(undefined, "UTC"), toField("x", "UTC")]).toEqual([null, "", ""]);
});

test("the hours around a change of the clock", () => {
  expect(fromField("2026-03-29T01:30", "Europe/Berlin")).toBe("2026-03-29T00:30:00.000Z");
  expect(fromField("2026-03-29T03:30", "Europe/Berlin")).toBe("2026-03-29T01:30:00.000Z");
  for (const [zone, skipped, instant] of [
    ["Europe/Berlin", "2026-03-29T02:30", "2026-03-29T01:30:00.000Z"],
    ["America/New_York", "2026-03-08T02:30", "2026-03-08T07:30:00.000Z"],
  ] as const) expect(fromField(skipped, zone)).toBe(instant);
  for (const [zone, twice, instant] of [
    ["Europe/Berlin", "2026-10-25T02:30", "2026-10-25T00:30:00.000Z"],
    ["America/New_York", "2026-11-01T01:30", "2026-11-01T05:30:00.000Z"],
  ] as const) expect(fromField(twice, zone)).toBe(instant);
});

test("steps are labelled in the zone", () => {
  const { short, long } = labels("Asia/Kolkata");
  const midnight = Date.parse("2026-05-03T18:30:00Z");
  expect(short(midnight, 3_600_000)).toBe("4 May");
  expect(short(midnight + 3_600_000, 3_600_000)).toBe("01:00");
  expect(long(midnight + 3_600_000, 3_600_000)).toBe("4 May, 01:00");
  expect(long(midnight, 86_400_000)).toBe("4 May");
});

test("zones that exist", () => expect([isZone("UTC"), isZone("Europe/Berlin"), isZone("Nowhere"), isZone(undefined)]).toEqual([true, true, false, false]));
