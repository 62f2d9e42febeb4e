import { describe, expect, it } from "vitest";
import { bounds, fromField, toField } from "./period";

const now = Date.UTC(2026, 4, 4, 12);

describe("bounds", () => {
  it("moves with the clock", () => expect(bounds({ since: "1h" }, now)).toEqual({ from: "2026-05-04T11:00:00.000Z" }));
  it("takes from and to as they are", () => expect(bounds({ from: "x", to: "2026-05-04T00:00:00Z" }, now)).toEqual({ from: "x", to: "2026-05-04T00:00:00Z" }));
  it("ignores a period that is none", () => expect(bounds({ since: "ever" }, now)).toEqual({}));
});

describe("fields", () => {
  it("go there and back", () => {
    const instant = "2026-05-04T10:30:00.000Z";
    expect(fromField(toField(instant))).toBe(instant);
  });
  it("are empty for what is no instant", () => {
    expect(toField("soon")).toBe("");
    expect(toField(undefined)).toBe("");
    expect(fromField("")).toBeNull();
  });
});
