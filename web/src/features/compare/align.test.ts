import { expect, it } from "vitest";
import { align, type Said } from "./align";

/** "u:hello" is a message of a user. */
const said = (...lines: string[]): Said[] => lines.map((l) => ({ role: l[0] as string, text: l.slice(2) }));
const pairs = (a: Said[], b: Said[]) => align(a, b).map((p) => `${p.a ?? "-"}${p.b ?? "-"}`).join(" ");

it("puts equal messages beside each other", () => {
  const chat = said("s:rules", "u:hello", "a:hi");
  expect(pairs(chat, chat)).toBe("00 11 22");
  expect(pairs([], [])).toBe("");
});

it("finds what was said between", () => {
  expect(pairs(said("s:rules", "u:hello"), said("s:rules", "u:hello", "a:hi", "u:more"))).toBe("00 11 -2 -3");
  expect(pairs(said("s:rules", "u:one", "a:two", "u:three"), said("s:rules", "u:three"))).toBe("00 1- 2- 31");
});

it("pairs what was changed with what it was", () => {
  expect(pairs(said("s:Be brief. Say when you do not know.", "u:hello"), said("s:Be long. Say when you do not know.", "u:hello"))).toBe("00 11");
  expect(pairs(said("u:How warm is it in Oslo?", "u:Thanks"), said("u:Greetings", "u:How warm is it in Rome?", "u:Thanks"))).toBe("-0 01 12");
});

it("never pairs different roles", () => {
  expect(pairs(said("u:x"), said("a:x"))).toBe("0- -0");
});

it("pairs very many messages in turn", () => {
  const many = (n: number, text: string) => Array.from({ length: n }, (_, i): Said => ({ role: "u", text: `${text} ${i}` }));
  expect(align(many(900, "a"), many(700, "b"))).toHaveLength(900);
});
