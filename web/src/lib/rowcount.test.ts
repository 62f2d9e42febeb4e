import { expect, test } from "vitest";
import { rowCounter } from "./rowcount";

const bytes = (text: string) => new TextEncoder().encode(text);

test("rows of CSV are counted, not the lines of their texts, wherever the parts begin", () => {
  const file = 'id,text\n1,"a ""b""\nc"\n2,plain\n3,"\n\n"\n';
  for (let at = 0; at <= file.length; at++) {
    const count = rowCounter("csv")!;
    count(bytes(file.slice(0, at)));
    expect(count(bytes(file.slice(at)))).toBe(3);
  }
  expect(rowCounter("csv")!(bytes("id,te"))).toBe(0);
});

test("rows of JSON Lines are lines", () => {
  const count = rowCounter("jsonl")!;
  expect(count(bytes('{"a":"\\n"}\n{'))).toBe(1);
  expect(count(bytes("}\n"))).toBe(2);
});

test("rows of Parquet cannot be counted", () => expect(rowCounter("parquet")).toBeUndefined());
