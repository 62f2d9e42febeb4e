import { expect, test } from "vitest";
import type { Field } from "../../lib/domain";
import { choices, fitting } from "./by";

const field = (name: string, groupable = true) => ({ name, groupable, doc: `the ${name}` }) as Field;
const all = choices([field("model"), field("tool"), field("latency", false), field("prop.NAME"), field("mcp_server")], ["tenant", "plan"]);
const names = (typed: string) => fitting(all, typed).map((c) => c.name);

test("common fields come first, then properties, then the rest; what cannot be grouped by is left out", () => {
  expect(all.map((c) => c.name)).toEqual(["model", "provider", "prompt_name", "prompt_version", "tool", "country", "visitor", "env", "release", "agent", "person", "prop.tenant", "prop.plan", "mcp_server"]);
  expect(all[0]?.hint).toBe("the model");
});

test("what is typed is completed, by the name of a property without its prefix too", () => {
  expect(names("m")).toEqual(["model", "mcp_server", "prompt_name", "prompt_version", "prop.m"]);
  expect(names("ten")).toEqual(["prop.tenant", "prop.ten"]);
  expect(names("tool")).toEqual(["tool"]);
});

test("any name can be a property", () => {
  expect(names("region")).toEqual(["prop.region"]);
  expect(names("prop.region")).toEqual(["prop.region"]);
  expect(names("plan")).toEqual(["prop.plan"]);
});
