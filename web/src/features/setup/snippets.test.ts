import { describe, expect, it } from "vitest";
import { backends, browser } from "./snippets";

const place = { host: "https://playhead.example", token: "phc_abc" };

describe.each(["headers", "body"] as const)("snippets, session id in the %s", (option) => {
  it("carry the reader's host and token", () => {
    for (const s of [browser(place, option), ...backends(place, option)]) {
      expect(s.code).toContain('"https://playhead.example"');
      expect(s.code).toContain('"phc_abc"');
    }
  });
  it("link the call to the session", () => {
    for (const s of backends(place, option)) expect(s.code).toContain("$session_id");
  });
});

it("quotes what would end a string", () => {
  expect(browser({ ...place, token: 'a"b\\' }, "headers").code).toContain(String.raw`"a\"b\\"`);
});
