import { expect, test } from "vitest";
import { rowCounter } from "./rowcount";
import file from "./rows.parquet?inline";

const bytes = (text: string) => new TextEncoder().encode(text);

test("rows of CSV are counted, not the lines of their texts, wherever the parts begin", () => {
  const file = 'id,text\n1,"a ""b""\nc"\n2,plain\n3,"\n\n"\n';
  for (let at = 0; at <= file.length; at++) {
    const count = rowCounter("csv", 2)!;
    count(bytes(file.slice(0, at)));
    expect(count(bytes(file.slice(at)))).toBe(3);
  }
  expect(rowCounter("csv", 2)!(bytes("id,te"))).toBe(0);
});

test("rows of JSON Lines are lines", () => {
  const count = rowCounter("jsonl", 2)!;
  expect(count(bytes('{"a":"\\n"}\n{'))).toBe(1);
  expect(count(bytes("}\n"))).toBe(2);
});

test("rows of Parquet cannot be counted without the number of columns", () => expect(rowCounter("parquet", 0)).toBeUndefined());

test("rows of Parquet are counted from the headers of pages, wherever the parts begin", () => {
  const parquet = Uint8Array.from(atob(file.slice(file.indexOf(",") + 1)), (c) => c.charCodeAt(0));
  const columns = 9;
  for (const size of [1, 7, 100, 4096, 65_536, parquet.length]) {
    const count = rowCounter("parquet", columns)!;
    let [before, seen] = [0, 0];
    const steps = new Set<number>();
    for (let at = 0; at < parquet.length; at += size) {
      seen = count(parquet.subarray(at, at + size));
      expect(seen).toBeGreaterThanOrEqual(before);
      before = seen;
      steps.add(seen);
    }
    expect(seen).toBe(6000);
    if (size === 100) expect(steps.size).toBeGreaterThan(10); // it grows with what arrives
  }
});

test("what is no Parquet file has no rows", () => {
  for (const text of ["", "PAR1", "PAR1\u0000", `PAR1${"x".repeat(100_000)}`, "<html>"]) expect(rowCounter("parquet", 2)!(bytes(text))).toBe(0);
});
