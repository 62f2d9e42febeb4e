import { describe, expect, it } from "vitest";
import { letters, reach, readable, shownParts } from "./shownWords";

const answer = "**Take the ferry.** It leaves at 8:40 from pier 3, see [the timetable](https://ferries.test/summer/2026). Buy the ticket on board.";
const shown = (page: string, of = answer) => {
  const a = letters(of);
  const parts = shownParts(a, letters(page));
  return { text: parts.map((p) => of.slice(p.from, p.to)), reach: Math.round(reach(a, parts) * 100) };
};

describe("the words of an answer on a page", () => {
  it("are none before they come", () => expect(shown("You: how do I get there? Thinking …")).toEqual({ text: [], reach: 0 }));
  it("are its beginning while it arrives, up to half a word", () => expect(shown("Assistant Take the ferry. It lea").text).toEqual(["Take the ferry.** It lea"]));
  it("are known from the first letters on", () => expect(shown("Assistant: Tak").text).toEqual(["Tak"]));
  it("go on behind what only the page or only the answer has", () =>
    expect(shown("Take the ferry. COPY It leaves at 8:40 from pier 3, see the timetable. Buy the ticket on board. Copy 👍 👎")).toEqual({
      text: ["Take the ferry", "It leaves at 8:40 from pier 3, see [the timetable", "Buy the ticket on board"],
      reach: 100,
    }));
  it("are not those of another answer", () => expect(shown("Take the train. It leaves at nine.").text).toEqual([]));
  it("may be Chinese, or have pictures", () => expect(shown("机器人：请坐渡轮🚢。它八点", "请坐渡轮🚢。它八点四十分从三号码头出发。")).toMatchObject({ text: ["请坐渡轮🚢。它八点"] }));
  it("may be a number alone", () => expect([shown("The sum? 42 Copy", "42").text, shown("The sum? 17", "42").text]).toEqual([["42"], []]));
});

it("does not read the addresses of links", () => expect(readable("see [a](https://x.test/y) and (b)")).toBe("see [a] and (b)"));
