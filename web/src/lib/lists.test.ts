import { expect, it } from "vitest";
import { keep, neighbours, openedFrom, recall } from "./lists";

const list = (...hrefs: string[]) => ({ items: hrefs, next: null, scrollTop: 0, hrefs });

it("knows what comes before and after a row of the list that was shown last", () => {
  expect(neighbours(() => true)).toBeNull();
  keep("/sessions", list("/s/1"));
  keep("/traces?q=a", list("/t/1", "/t/2", "/t/3"));
  expect(neighbours((h) => h === "/t/2")).toEqual({ previous: "/t/1", next: "/t/3", position: 2, of: 3, list: "/traces?q=a" });
  expect(neighbours((h) => h === "/t/1")?.previous).toBeNull();
  expect(neighbours((h) => h === "/t/3")?.next).toBeNull();
  expect(neighbours((h) => h === "/s/1")).toBeNull();
});

it("remembers a few lists", () => {
  for (let n = 0; n < 20; n++) keep(`/traces?n=${n}`, list(String(n)));
  expect(recall("/traces?n=19")?.hrefs).toEqual(["19"]);
  expect(recall("/traces?n=12")?.hrefs).toEqual(["12"]);
  expect(recall("/traces?n=11")).toBeUndefined();
});

it("knows from which list a page was opened, with its filters", () => {
  keep("/sessions?q=env%3Astaging", list("/sessions/1?t=5", "/sessions/2"));
  expect(openedFrom("/sessions/1")).toBe("/sessions?q=env%3Astaging");
  expect(openedFrom("/sessions/3")).toBeNull();
});
