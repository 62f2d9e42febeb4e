import { expect, it } from "vitest";
import { compare, differences } from "./words";

const told = (a: string, b: string) => (differences(a, b) ?? []).map((p) => ({ same: "", removed: "-", added: "+" })[p.op] + p.text).join("|");

it("says which words differ", () => {
  expect(told("Be brief.", "Be very brief.")).toBe("Be |+very |brief.");
  expect(told("It is 21 degrees in Oslo.", "It is 9 degrees in Oslo.")).toBe("It is |-21|+9| degrees in Oslo.");
});

it("both texts can be read from the pieces", () => {
  const [a, b] = ["one two\n three  four", "one 2\n three four, five"];
  const pieces = differences(a, b) ?? [];
  const read = (leave: string) => pieces.filter((p) => p.op !== leave).map((p) => p.text).join("");
  expect([read("added"), read("removed")]).toEqual([a, b]);
});

it("gives up on texts that have nothing in common", () => {
  const text = (seed: number) => Array.from({ length: 40_000 }, (_, i) => `${(i * 7919 + seed) % 99_991}`).join(" ");
  expect(differences(text(1), text(50_000), 40)).toBeNull();
});

it("compares calls message by message", () => {
  const a = [{ role: "system", text: "Be brief." }, { role: "user", text: "Hello" }];
  const b = [{ role: "system", text: "Be long." }, { role: "user", text: "Hello" }, { role: "assistant", text: "Hi" }];
  expect(compare(a, b)).toMatchObject([
    { a: 0, b: 0, same: false, pieces: [{ op: "same" }, { op: "removed", text: "brief" }, { op: "added", text: "long" }, { op: "same" }] },
    { a: 1, b: 1, same: true, pieces: null },
    { a: null, b: 2, same: false, pieces: null },
  ]);
});
