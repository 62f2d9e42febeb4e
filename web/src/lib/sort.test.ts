import { describe, expect, it } from "vitest";
import { next, order, sorted, type Head } from "./sort";

interface Row {
  id: string;
  n: number | null;
  s: string | null;
}
const size = { key: "size", of: (r: Row) => r.n, largest: true };
const name = { key: "name", of: (r: Row) => r.s };
const heads: Head<Row>[] = [{ name: "Size", sort: size }, { name: "Name", sort: name }, { name: "Replay" }];
const rows: Row[] = [
  { id: "a", n: 2, s: "n10" },
  { id: "b", n: null, s: null },
  { id: "c", n: 10, s: "N9" },
  { id: "d", n: 2, s: "a" },
];
const ids = (value: string) => {
  const by = order(heads, value);
  return by && sorted(rows, by).map((r) => r.id).join("");
};

it.each([
  ["size", "adcb"],
  ["-size", "cadb"],
  ["name", "dcab"],
  ["-name", "acdb"],
  ["replay", null],
  ["", null],
])("sorts by %s, unknown last, equal as they were", (value, want) => expect(ids(value)).toBe(want));

describe("next", () => {
  it("goes through both ways and back to time, beginning with what one looks for", () => {
    expect(next(size, null)).toBe("-size");
    expect(next(size, order(heads, "-size"))).toBe("size");
    expect(next(size, order(heads, "size"))).toBeNull();
    expect(next(name, order(heads, "size"))).toBe("name");
    expect(next(name, order(heads, "name"))).toBe("-name");
    expect(next(name, order(heads, "-name"))).toBeNull();
  });
  it("leaves out the way that is the order of time", () => {
    const when = { ...name, oneWay: true };
    expect(next(when, order(heads, "name"))).toBeNull();
  });
});
