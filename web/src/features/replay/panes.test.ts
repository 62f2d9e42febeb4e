import { describe, expect, it } from "vitest";
import { isBeside, mostWidth, paneWidths, stageHeight } from "./panes";

const pane = (share: number, least: number, chosen?: number) => ({ share, least, chosen, most: 2000 });

describe("paneWidths", () => {
  const three = [pane(0.2, 200), pane(0.3, 260), pane(0.5, 340)];
  it("shares the page before anybody chose", () => expect(paneWidths(1280, three)).toEqual([256, 384, 640]));
  it("keeps what was chosen, and the last pane takes the rest", () => expect(paneWidths(1280, [pane(0.2, 200, 500), pane(0.3, 260), pane(0.5, 340)])).toEqual([500, 384, 396]));
  it("takes what is too much from right to left, down to the least", () => {
    expect(paneWidths(1000, [pane(0.2, 200, 600), pane(0.3, 260, 500), pane(0.5, 340)])).toEqual([400, 260, 340]);
    expect(paneWidths(500, three)).toEqual([200, 260, 340]);
  });
  it("leaves more to the last pane on a wide page", () => expect(paneWidths(2560, [{ ...pane(0.2, 200), most: 380 }, { ...pane(0.3, 260), most: 640 }, pane(0.5, 340)])).toEqual([380, 640, 1540]));
  it("says how far a pane can grow", () => expect(mostWidth(1280, three, 0)).toBe(680));
});

describe("isBeside", () => {
  const [screen, inspector] = [{ width: 1280, height: 800 }, { width: 300, height: 160 }];
  it.each([
    [{ width: 1000, height: 560 }, true], // a low box: height is scarce
    [{ width: 640, height: 700 }, false],
    [{ width: 1500, height: 1200 }, false],
    [{ width: 1500, height: 800 }, true],
  ])("%j: %s", (box, beside) => expect(isBeside(box, screen, 50, inspector)).toBe(beside));
});

describe("stageHeight", () => {
  it("is as high as the recorded screen needs", () => expect(stageHeight({ width: 640, height: 900 }, { width: 1280, height: 800 }, 50, 120)).toBe(450));
  it("leaves room for the inspector", () => expect(stageHeight({ width: 640, height: 500 }, { width: 600, height: 800 }, 50, 120)).toBe(380));
  it("is not nothing on a low page", () => expect(stageHeight({ width: 640, height: 250 }, { width: 1280, height: 800 }, 50, 120)).toBe(200));
});
