import { expect, it } from "vitest";
import type { Call, Message, Part, Seen } from "../../lib/domain";
import { recordedTimes, timesOf } from "./times";

const says = (role: string, text: string): Message => ({ role, name: "", toolCallId: "", parts: [{ type: "text", text }] });
const calls = (name: string, id: string): Message => ({ role: "assistant", name: "", toolCallId: "", parts: [{ type: "tool_call", id, name, arguments: { city: "Oslo" } }] });
const returns = (id: string): Message => ({ role: "tool", name: "", toolCallId: id, parts: [{ type: "tool_result", id, text: "21 °C", raw: null }] as Part[] });
const node = (id: string, kind: Call["kind"], startMs: number, endMs: number, rest: Partial<Call> = {}) =>
  ({ id, kind, name: null, startMs, endMs, firstTokenS: null, inputPreview: "", outputPreview: "", ...rest }) as Call;

const [rules, question, call, result, answer] = [says("system", "Be brief."), says("user", "How warm is it\n in Oslo?"), calls("weather", "c1"), returns("c1"), says("assistant", "21 degrees.")];
const trace = [
  node("root", "trace", 1000, 9000, { inputPreview: "How warm is it in Oslo?" }),
  node("first", "generation", 2000, 4000, { firstTokenS: 0.5, inputPreview: "How warm is it in Oslo?", outputPreview: 'weather({"city":"Oslo"})' }),
  node("tool", "span", 4100, 5000, { name: "weather" }),
  node("second", "generation", 5100, 8000, { firstTokenS: 1, inputPreview: "How warm is it in Oslo?", outputPreview: "21 degrees." }),
];
const at = (times: Map<Message, number>, messages: Message[]) => messages.map((m) => times.get(m) ?? null);

it("is when the question was asked, the tool was called, it returned, and the answer came", () => {
  const input = [rules, question, call, result];
  const times = timesOf(trace[3] as Call, input, [answer], trace);
  expect(at(times, [...input, answer])).toEqual([null, 1000, 2500, 5000, 6100]);
});

it("is not known of what was said in another trace", () => {
  const old = [says("user", "Hello"), says("assistant", "Hi!")];
  const times = timesOf(trace[1] as Call, [...old, question], [call], trace);
  expect(at(times, [...old, question, call])).toEqual([null, null, 1000, 2500]);
});

it("is the call's own where nothing else is known", () => {
  const times = timesOf(trace[3] as Call, [question], [answer], []);
  expect(at(times, [question, answer])).toEqual([5100, 6100]);
});

it("takes each call and each run of a tool once, the latest last", () => {
  const twice = [
    node("a", "generation", 0, 10, { outputPreview: 'weather({"city":"Oslo"})' }),
    node("a tool", "span", 10, 20, { name: "weather" }),
    node("b", "generation", 30, 40, { outputPreview: 'weather({"city":"Oslo"})' }),
    node("b tool", "span", 40, 50, { name: "weather" }),
    node("c", "generation", 60, 70, { outputPreview: "done" }),
  ];
  const input = [calls("weather", "1"), returns("1"), calls("weather", "2"), returns("2")];
  expect(at(timesOf(twice[4] as Call, input, [], twice), input)).toEqual([10, 20, 40, 50]);
});

it("recognises a long answer by its beginning", () => {
  const long = says("assistant", "word ".repeat(200));
  const before = node("x", "generation", 0, 10, { outputPreview: `${"word ".repeat(47)}word…` });
  expect(at(timesOf(node("y", "generation", 20, 30), [long], [], [before]), [long])).toEqual([10]);
});

it("of a tool's span is its start and its end", () => {
  const [given, returned] = [says("input", "x"), says("output", "y")];
  expect(at(timesOf(trace[2] as Call, [given], [returned], trace), [given, returned])).toEqual([4100, 5000]);
});

it("is by the recording's clock, and where it is known when the person asked and saw the answer", () => {
  const times = timesOf(trace[3] as Call, [rules, question, call, result], [answer], trace);
  const seen = { askedMs: 901_000, firstWordsMs: 906_500 } as Seen;
  const recorded = (known: Seen | null) => at(recordedTimes(times, [rules, question, call, result], [answer], { aheadMs: 900_000, seen: known }), [rules, question, call, result, answer]);
  expect(recorded(null)).toEqual([null, 901_000, 902_500, 905_000, 906_100]);
  expect(recorded({ ...seen, askedMs: 900_700 })).toEqual([null, 900_700, 902_500, 905_000, 906_500]);
});
