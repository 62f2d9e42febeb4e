import { describe, expect, it } from "vitest";
import type { Message, Part } from "../../lib/domain";
import { join } from "./more";

const message = (continued: boolean, ...parts: Part[]): Message => ({ role: "user", name: "", toolCallId: "", continued, parts });

describe("join", () => {
  it("puts pages one after the other", () => {
    const a = message(false, { type: "text", text: "a" });
    const b = message(false, { type: "text", text: "b" });
    expect(join([a], [b])).toEqual([a, b]);
    expect(join([], [b])).toEqual([b]);
  });
  it("goes on with a message", () =>
    expect(join([message(false, { type: "text", text: "a" })], [message(true, { type: "text", text: "b" }), message(false)])).toEqual([
      message(false, { type: "text", text: "a" }, { type: "text", text: "b" }),
      message(false),
    ]));
  it("goes on with a text, and with long JSON", () => {
    expect(join([message(false, { type: "text", text: "a" })], [message(true, { type: "text", text: "b", continued: true })])[0]?.parts).toEqual([{ type: "text", text: "ab" }]);
    expect(join([message(false, { type: "json", raw: "[1," })], [message(true, { type: "json", raw: "2]", continued: true })])[0]?.parts).toEqual([{ type: "json", raw: "[1,2]" }]);
  });
});
