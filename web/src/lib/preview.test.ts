import { describe, expect, it } from "vitest";
import { oneLine } from "./preview";

describe("a preview", () => {
  it.each([
    ["Your order is **on its way**.\n\n- **Items:** tent, mug\n- **Arrives:** Thursday", "Your order is on its way. Items: tent, mug Arrives: Thursday"],
    ["### Three days\n\n1. Rain shell\n2. *Warm* hat", "Three days Rain shell Warm hat"],
    ["> quoted\n> twice", "quoted twice"],
    ["See [the page](https://example.com/a_b) and `npm ci`", "See the page and npm ci"],
    ["```js\nconst a = 1\n```\nDone", "const a = 1 Done"],
    ["| Size | Price |\n| --- | ---: |\n| S | 3 |", "Size Price S 3"],
    ["__init__ of snake_case_name and 2 * 3 * 4 and a*b*c", "init of snake_case_name and 2 * 3 * 4 and a*b*c"],
    ["a - b, #5 and C#", "a - b, #5 and C#"],
    ["plain text\twith\n\nspaces", "plain text with spaces"],
    ["", ""],
  ])("%j", (text, want) => expect(oneLine(text)).toBe(want));

  it("looks at the beginning of a long text alone", () => {
    expect(oneLine("word ".repeat(1_000_000)).length).toBeLessThan(700);
  });
});
