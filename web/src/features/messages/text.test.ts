import { expect, it } from "vitest";
import { structured } from "./text";

it("finds objects and arrays, and nothing else", () => {
  expect(structured(' {"a": 1}')).toEqual({ a: 1 });
  expect(structured("[1, 2]")).toEqual([1, 2]);
  for (const text of ["", "12", '"x"', "null", "{broken", "[text] that is none"]) expect(structured(text)).toBeUndefined();
});
