import { describe, expect, it } from "vitest";
import readme from "../../../../README.md?raw";
import { agents, backends, browser } from "./snippets";

const place = { host: "https://playhead.example", token: "phc_abc" };

describe.each(["headers", "body"] as const)("snippets, session id in the %s", (option) => {
  it("carry the reader's host and token", () => {
    for (const s of [browser(place, option), ...backends(place, option)]) {
      expect(s.code).toMatch(s.id === "otlp-grpc" ? '"http://playhead.example:4317"' : /"https:\/\/playhead\.example["/]/);
      expect(s.code).toMatch(["otlp", "otlp-grpc", "vercel", "vercel-6"].includes(s.id) ? '"authorization=Bearer%20phc_abc"' : '"phc_abc"');
    }
  });
  it("link the call to the session", () => {
    for (const s of backends(place, option)) expect(s.code).toMatch(option === "headers" ? /\$session_id|x-posthog-session-id/i : /\$session_id/);
  });
});

// The code in the README is that of the Setup page.
it("are those of the README", () => {
  const there = { host: "http://127.0.0.1:8000", token: "<project token>" };
  const written = [...readme.matchAll(/^```(?:js|python)\n(.*?)\n```$/gms)].map((m) => m[1]);
  const node = backends(there, "headers").find((s) => s.id === "node");
  const python = backends(there, "headers").find((s) => s.id === "python");
  expect(written).toEqual([browser(there, "headers").code, node?.code, python?.code]);
});

it("quotes what would end a string", () => {
  expect(browser({ ...place, token: 'a"b\\' }, "headers").code).toContain(String.raw`"a\"b\\"`);
});

it("tell agents the reader's host, and the project if it is not the first one", () => {
  for (const s of agents("https://playhead.example", "")) expect(s.code).toContain('"https://playhead.example/mcp"');
  for (const s of agents("https://playhead.example", "help desk")) expect(s.code).toContain('"https://playhead.example/mcp?project=help%20desk"');
});
