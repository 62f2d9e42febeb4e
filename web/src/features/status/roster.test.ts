import { describe, expect, it } from "vitest";
import { offset, roster } from "./roster";

const server = (id: string, name: string) => ({ id, name, version: "1.0", startedMs: 0, seenMs: 0, clockS: 0 });
const shown = (rows: ReturnType<typeof roster>) => rows.map((r) => `${r.server.name}${r.gone ? " gone" : ""}`);

describe("roster", () => {
  it("orders by name, numbers as numbers", () => {
    expect(shown(roster([], [server("c", "n10:8000"), server("b", "n9:8000")]))).toEqual(["n9:8000", "n10:8000"]);
  });
  it("keeps those that are gone", () => {
    const both = roster([], [server("a", "n1"), server("b", "n2")]);
    const one = roster(both, [server("a", "n1")]);
    expect(shown(one)).toEqual(["n1", "n2 gone"]);
    expect(shown(roster(one, [server("a", "n1")]))).toEqual(["n1", "n2 gone"]);
  });
  it("takes one that was started again for the same", () => {
    expect(shown(roster(roster([], [server("a", "n1")]), [server("b", "n1")]))).toEqual(["n1"]);
  });
});

it.each([
  [0, "in time"],
  [-0.04, "in time"],
  [0.352, "+0.35 s"],
  [-2.61, "−2.6 s"],
  [90, "+90 s"],
])("offset %d", (seconds, want) => expect(offset(seconds)).toBe(want));
