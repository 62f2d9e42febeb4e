import { describe, expect, it } from "vitest";
import type { Message, Part } from "../../lib/domain";
import { turns } from "./history";

const message = (role: string, part: Part = { type: "text", text: "" }): Message => ({ role, name: "", toolCallId: "", parts: [part] });
const roles = (input: Message[]) => {
  const { instructions, earlier, latest } = turns(input);
  return [instructions, earlier, latest].map((part) => part.map((m) => m.role).join(" "));
};

describe("turns", () => {
  it("keeps what the user said last apart from the history", () => {
    const input = ["system", "user", "assistant", "tool", "assistant", "user"].map((r) => message(r));
    expect(roles(input)).toEqual(["system", "user assistant tool assistant", "user"]);
  });
  it("keeps tool results with the turn they belong to", () => {
    expect(roles(["user", "assistant", "user", "assistant", "tool"].map((r) => message(r)))).toEqual(["", "user assistant", "user assistant tool"]);
    const result = message("user", { type: "tool_result", id: "1", text: "", raw: null });
    expect(roles([message("user"), message("assistant"), result])).toEqual(["", "", "user assistant user"]);
  });
  it("takes the latest turn from where it came apart from the rest", () => {
    const input = ["system", "user", "assistant"].map((r) => message(r));
    const latest = [message("user", { type: "tool_result", id: "1", text: "", raw: null }), message("assistant")];
    expect(turns(input, latest)).toEqual({ instructions: input.slice(0, 1), earlier: input.slice(1), latest });
    expect(turns(input.slice(0, 1), latest).instructions).toHaveLength(1);
  });
  it("has no history in a first call, without a user, or without anything", () => {
    expect(roles([message("system"), message("user")])).toEqual(["system", "", "user"]);
    expect(roles([message("assistant")])).toEqual(["", "", "assistant"]);
    expect(roles([message("system")])).toEqual(["", "", "system"]);
    expect(roles([])).toEqual(["", "", ""]);
  });
});
