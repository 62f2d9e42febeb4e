import { expect, test } from "vitest";
import { curl } from "./curl";

test("a command is one for the shell, whatever the question has", () => {
  expect(curl("http://a", "/api/traces?q=it's")).toBe("curl -u :PASSWORD 'http://a/api/traces?q=it%27s'");
  expect(curl("http://a", "/api/export/traces?format=csv", "traces.csv")).toBe("curl -u :PASSWORD -o traces.csv 'http://a/api/export/traces?format=csv'");
});
