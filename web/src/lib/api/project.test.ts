import { expect, test } from "vitest";
import { asked, inProject } from "./project";

test("a page that names a project asks about it", () => {
  expect(inProject("/api/traces", "?project=shop&q=x")).toBe("/api/traces?project=shop");
  expect(inProject("/api/traces?limit=5", "?project=a%26b")).toBe("/api/traces?limit=5&project=a%26b");
  for (const search of ["", "?", "?q=project", "?project="]) expect(inProject("/api/traces", search)).toBe("/api/traces");
});

test("the page of a link asks what the link shows", () => {
  expect(asked("/api/traces/t-1?x=1", { pathname: "/shared/TOKEN-_1", search: "?project=shop" })).toBe("/shared/TOKEN-_1/api/traces/t-1?x=1");
  expect(asked("/api/traces", { pathname: "/shared/TOKEN/", search: "" })).toBe("/shared/TOKEN/api/traces");
  expect(asked("/api/traces", { pathname: "/traces", search: "?project=shop" })).toBe("/api/traces?project=shop");
});
