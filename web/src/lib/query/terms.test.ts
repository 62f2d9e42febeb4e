import { describe, expect, it, test } from "vitest";
import { both, chosen, quote, read, toggle, without } from "./terms";

describe("toggle", () => {
  it.each([
    ["", "gpt-5", "model:gpt-5"],
    ["refund", "gpt-5", "refund model:gpt-5"],
    ["model:gpt-5", "gpt-5", ""],
    ["model:gpt-5", "gpt-4o", "model:gpt-5,gpt-4o"],
    ["model:gpt-5,gpt-4o", "gpt-5", "model:gpt-4o"],
    ["model:gpt-5,gpt-4o", "gpt-4o", "model:gpt-5"],
    ["model:a,b,c error:true", "b", "model:a,c error:true"],
    ["refund model:gpt-5 error:true", "gpt-5", "refund error:true"],
    ['"model:gpt-5 is slow"', "gpt-5", '"model:gpt-5 is slow" model:gpt-5'],
    ['name:"a, model:x" model:y', "x", 'name:"a, model:x" model:y,x'],
    ["model:gpt-5", "acme co", 'model:gpt-5,"acme co"'],
    ['model:"acme co",b', "acme co", "model:b"],
    ["-model:gpt-5", "gpt-5", "-model:gpt-5 model:gpt-5"],
    ["NOT model:gpt-5", "gpt-4o", "NOT model:gpt-5 model:gpt-4o"],
    ["model:*", "gpt-5", "model:* model:gpt-5"],
    ["a OR b", "gpt-5", "(a OR b) model:gpt-5"],
    ["(a OR model:gpt-5) model:gpt-4o", "gpt-4o", "(a OR model:gpt-5)"],
    ["(a OR model:gpt-5)", "gpt-5", "(a OR model:gpt-5) model:gpt-5"],
    ["model:gpt-5 AND refund", "gpt-5", "refund"],
    ["refund AND model:gpt-5", "gpt-5", "refund"],
    ["ANDROID model:gpt-5", "gpt-5", "ANDROID"],
  ])("%s, %s: %s", (before, value, after) => expect(toggle(before, "model", value)).toBe(after));

  test("twice is once", () => {
    for (const value of ['a "quoted" \\ one', "退款", "a(b)", "*", "", "x,y", "https://example.com/?a=1"]) {
      const with_ = toggle("refund OR late", "name", value);
      expect(chosen(with_, "name"), with_).toEqual([value]);
      expect(toggle(with_, "name", value)).toBe("(refund OR late)");
    }
  });
  test("a comparison is no choice", () => expect(toggle("status:>=400", "status", "429")).toBe("status:>=400 status:429"));
});

test("what is chosen has to hold for every row", () => {
  expect(chosen("model:a,b -model:c (model:d)", "model")).toEqual(["a", "b"]);
  expect(chosen("model:a OR error:true", "model")).toEqual([]);
  expect(chosen("model:*", "model")).toEqual([]);
  expect(chosen('model:"*"', "model")).toEqual(["*"]);
});

test("values are quoted where they need it", () => {
  for (const value of ["gpt-4o", "posthog-node/6.1.0", "ann@example.com", "退款", "https://example.com/a"]) expect(quote(value)).toBe(value);
  expect(quote("acme co")).toBe('"acme co"');
  expect(quote('a"b\\')).toBe('"a\\"b\\\\"');
  for (const value of ["a,b", "a*", "(a", ">5", ""]) expect(quote(value)).toBe(`"${value}"`);
});

test("an expression is unfinished while something has to follow", () => {
  for (const q of ["model:", "model:a,", 'model:"a', '"a phrase', "a OR", "a AND ", "NOT", "(a", "-", "latency:>"]) expect(read(q).unfinished, q).toBe(true);
  for (const q of ["", "model:a", '"a"', "a OR b", "(a)", "ORDER", "latency:>2s", 'model:""', "a-b"]) expect(read(q).unfinished, q).toBe(false);
});

test("terms are taken out with what joined them", () => {
  const q = "(model:a error:true) late";
  expect(without(q, read(q).terms[0]!)).toBe("(error:true) late");
  expect(without(q, read(q).terms[1]!)).toBe("(model:a) late");
});

test("both expressions have to hold", () => {
  expect(both("", "tool:*")).toBe("tool:*");
  expect(both(" a ", "")).toBe("a");
  expect(both("a OR b", "tool:x")).toBe("(a OR b) tool:x");
  expect(both("model:a late", "c OR d")).toBe("model:a late (c OR d)");
});
