import { expect, test } from "vitest";
import { isChosen, none, readChoice, show, shown, tracks, widen } from "./columns";

const columns = [
  { id: "trace", width: "1fr" },
  { id: "start", width: "5rem" },
  { id: "spans", width: "4rem", extra: true },
];
const ids = (choice = none) => shown(columns, choice).map((c) => c.id);

test("extra columns wait until they are chosen, and the first one stays", () => {
  expect(ids()).toEqual(["trace", "start"]);
  expect(ids(show(none, "spans", true))).toEqual(["trace", "start", "spans"]);
  expect(ids(show(show(none, "start", false), "trace", false))).toEqual(["trace"]);
});

test("a chosen width takes the place of the page's, within limits", () => {
  const choice = widen(widen(none, "start", 120.4), "spans", 3);
  expect(tracks(shown(columns, choice), choice)).toBe("1fr 120px");
  expect(tracks(columns, choice)).toBe("1fr 120px 48px");
  expect([isChosen(none), isChosen(choice)]).toEqual([false, true]);
});

test("a choice is remembered, and anything else is as if nothing was chosen", () => {
  const choice = show(widen(none, "start", 99), "spans", true);
  expect(readChoice(JSON.stringify(choice))).toEqual(choice);
  for (const text of [null, "", "null", "[]", '"x"', "{", '{"shown":1,"widths":[]}', '{"shown":{"a":"yes"},"widths":{"b":1e9,"c":"1px"}}']) expect(readChoice(text), String(text)).toEqual(none);
});
