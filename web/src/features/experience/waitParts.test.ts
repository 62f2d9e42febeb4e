import { expect, it } from "vitest";
import { partsShown } from "./waitParts";

it("shows the parts of a wait, and that clocks can make one of them less than nothing", () => {
  const all = partsShown(
    [
      { kind: "page", seconds: 0.2, acrossClocks: false },
      { kind: "network_and_queue", seconds: -0.05, acrossClocks: true },
      { kind: "model", seconds: 1.8, acrossClocks: false },
    ],
    true,
  );
  expect(all.map((part) => [part.name, part.share, part.text])).toEqual([["page", 0.1, "200 ms"], ["network and queue", 0, "−50 ms"], ["first token", 0.9, "1.80 s"]]);
  expect(all.map((part) => part.title.includes("clocks"))).toEqual([false, true, false]);
});
it("shows nothing of no parts", () => expect(partsShown([])).toEqual([]));
