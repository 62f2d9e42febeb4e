import { expect, test } from "vitest";
import { inProject } from "./project";

test("a page that names a project asks about it", () => {
  expect(inProject("/api/traces", "?project=shop&q=x")).toBe("/api/traces?project=shop");
  expect(inProject("/api/traces?limit=5", "?project=a%26b")).toBe("/api/traces?limit=5&project=a%26b");
  for (const search of ["", "?", "?q=project", "?project="]) expect(inProject("/api/traces", search)).toBe("/api/traces");
});
