import { describe, expect, it, test } from "vitest";
import type { Field } from "../domain";
import { fieldSuggestions, indexOf, contextAt, take, valueSuggestions, type Context } from "./complete";

const field = (name: string, type: Field["type"] = "text", more: Partial<Field> = {}): Field => ({
  name,
  type,
  doc: `about ${name}`,
  operators: type === "number" || type === "duration" || type === "time" ? ["", ">", ">=", "<", "<="] : [""],
  groupable: type !== "duration" && type !== "time",
  choices: [],
  ...more,
});

/** Writes the cursor as |. */
const at = (marked: string) => contextAt(marked.replace("|", ""), marked.indexOf("|"));

describe("the place of the cursor", () => {
  it.each([
    ["|", "", [0, 0]],
    ["refund |", "", [7, 7]],
    ["mod|", "mod", [0, 3]],
    ["-mod|el", "mod", [1, 6]],
    ["mod|el:gpt-5", "mod", [0, 6]],
    ["(mo|)", "mo", [1, 3]],
  ])("%s is a field", (marked, typed, [from, to]) => expect(at(marked)).toEqual({ kind: "field", from, to, typed }));

  it.each([
    ["model:|", "", "model", "", ""],
    ["model:gp|t-5", "gp", "model", "", ""],
    ["refund model:gp| error:true", "gp", "model", "", "refund error:true"],
    ["a -model:g|", "g", "model", "", "a"],
    ["model:a,b|", "b", "model", "", ""],
    ["latency:>=2|", "2", "latency", ">=", ""],
    ['name:"acme c|', "acme c", "name", "", ""],
  ])("%s is a value", (marked, typed, name, operator, rest) => expect(at(marked)).toMatchObject({ kind: "value", typed, field: name, operator, rest }));

  it("offers nothing inside a phrase", () => expect(at('"a phr|ase"')).toBeNull());
});

const valuePlace = (marked: string) => at(marked) as Context & { kind: "value" };
const texts = (marked: string, f: Field, counted: { value: string; count: number }[] = []) =>
  valueSuggestions(valuePlace(marked), f, counted, new Date(2026, 4, 8, 12).getTime()).map((s) => s.text);

test("fields that begin with what is typed come first", () => {
  const fields = ["ttft", "error", "error_text", "input_tokens"].map((n) => field(n)).concat(field("prop.NAME"));
  expect(fieldSuggestions("t", fields).map((s) => s.text)).toEqual(["ttft:", "error_text:", "input_tokens:"]);
  expect(fieldSuggestions("PROP", fields).map((s) => s.text)).toEqual(["prop."]);
  expect(fieldSuggestions("refund", fields)).toEqual([]);
});

describe("values", () => {
  const models = [
    { value: "gpt-5", count: 9 },
    { value: "acme co", count: 4 },
    { value: "gpt-4o", count: 2 },
  ];
  it("are those that occur", () => expect(texts("model:|", field("model"), models)).toEqual(["gpt-5", '"acme co"', "gpt-4o", "*"]));
  it("fit what is typed", () => expect(texts("model:4|", field("model"), models)).toEqual(["gpt-4o"]));
  it("are not offered twice", () => expect(texts("model:gpt-5,|", field("model"), models)).toEqual(['"acme co"', "gpt-4o"]));
  it("of few are all offered", () => expect(texts("error:|", field("error", "boolean"), [{ value: "false", count: 3 }])).toEqual(["false", "true", "*"]));
  it("of amounts begin with a comparison", () => expect(texts("latency:|", field("latency", "duration"))).toEqual([">", ">=", "<", "<=", "*"]));
  it("go on behind a comparison", () => {
    expect(texts("latency:>1|", field("latency", "duration"))).toEqual(["1s", "10s", "1m"]);
    expect(texts("start:>=|", field("start", "time"))).toEqual(["2026-05-08", "2026-05-07", "2026-05-01", "2026-04-08"]);
  });
});

test("a suggestion takes the place of what is typed", () => {
  const put = (marked: string, text: string, goesOn = false) => {
    const [q, place] = [marked.replace("|", ""), at(marked) as Context];
    const got = take(q, place, { text, label: text, hint: "", goesOn });
    return `${got.text.slice(0, got.cursor)}|${got.text.slice(got.cursor)}`;
  };
  expect(put("mo|", "model:", true)).toBe("model:|");
  expect(put("mo|del:gpt-5", "name:", true)).toBe("name:|gpt-5");
  expect(put("model:g|", "gpt-5")).toBe("model:gpt-5 |");
  expect(put("model:g| error:true", "gpt-5")).toBe("model:gpt-5 |error:true");
  expect(put("(model:g|)", "gpt-5")).toBe("(model:gpt-5|)");
  expect(put('name:"acme c|', '"acme co"')).toBe('name:"acme co" |');
});

test("positions are counted in characters", () => {
  expect(indexOf("😀 modle:x", 2)).toBe(3);
  expect(indexOf("abc", 3)).toBe(3);
});
