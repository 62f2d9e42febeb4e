import { describe, expect, it } from "vitest";
import { format, moment, parse, sessionPath, tracePath } from "./route";

describe("parse", () => {
  it.each([
    ["/", { page: "home", query: {} }],
    ["/traces", { page: "traces", query: {} }],
    ["/traces/", { page: "traces", query: {} }],
    ["/generations", { page: "generations", query: {} }],
    ["/traces/a%2Fb", { page: "trace", id: "a/b", query: {} }],
    ["/sessions/x", { page: "session", id: "x", query: {} }],
    ["/sessions/50%", { page: "session", id: "50%", query: {} }],
    ["/overview", { page: "overview", query: {} }],
    ["/conversations/chat%201", { page: "conversation", id: "chat 1", query: {} }],
    ["/compare", { page: "compare", query: {} }],
    ["/people/x", { page: "missing", path: "/people/x", query: {} }],
    ["/setup", { page: "setup", query: {} }],
    ["/status", { page: "status", query: {} }],
    ["/setup/x", { page: "missing", path: "/setup/x", query: {} }],
    ["/api/traces", { page: "missing", path: "/api/traces", query: {} }],
  ])("%s", (path, want) => expect(parse(path, "")).toEqual(want));

  it("reads the query, empty being absent", () => {
    expect(parse("/traces", "?q=a+b&from=&sort=-latency")).toEqual({ page: "traces", query: { q: "a b", sort: "-latency" } });
  });
});

describe("format", () => {
  it("leaves out what is not set", () => {
    expect(format("/traces", { q: "", person: null, errors: false, from: undefined })).toBe("/traces");
    expect(format("/traces", { q: "a&b", errors: true, t: 0 })).toBe("/traces?q=a%26b&errors=1&t=0");
  });
  it.each(["plain", "a/b", "50%", "%2F", "%2e%2e", "ü?&#", "../x", ".", "..", "...", "~", "~.", "~..", "~~.", "/", "~/", "~x", " ", "\u200b", "\n", "a\\b", "x".repeat(512)])("takes any id there and back: %j", (id) => {
    const { pathname } = new URL(sessionPath(id), "http://playhead.test/traces/x"); // as browsers do
    expect(parse(pathname, "")).toMatchObject({ page: "session", id });
    expect(parse(tracePath(id), "")).toMatchObject({ page: "trace", id });
    expect(parse(sessionPath(id), "")).toMatchObject({ page: "session", id });
  });
});

describe("moment", () => {
  it.each([
    ["1795418806254", 1795418806254],
    ["12.6", 13],
    ["-1", null],
    ["1e9", null],
    ["soon", null],
    ["", null],
    [undefined, null],
  ])("%s", (text, want) => expect(moment(text)).toBe(want));
});
