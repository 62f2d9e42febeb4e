import { describe, expect, it } from "vitest";
import { format, type Block } from "./blocks";

function blocks(text: string): Block[] {
  const formatted = format(text);
  if ("refused" in formatted) throw new Error(formatted.refused);
  return formatted.blocks;
}
const html = (all: Block[]) => all.map((b) => (b.kind === "html" ? b.html : b.text)).join("");
const words = (all: Block[]) => html(all).replace(/<[^>]*>/g, " ").split(/\s+/).filter(Boolean);

describe("format", () => {
  it("makes one block of a short text", () => expect(blocks("# Title\n\nText.\n\n- one\n- two")).toHaveLength(1));

  it.each([
    ["paragraphs", "Some **bold** words.\n\n".repeat(2000)],
    ["one paragraph", "Some **bold** words and `code`. ".repeat(3000)],
    ["one paragraph without anything", "some words and more of them ".repeat(5000)],
    ["a list", "- one item\n".repeat(4000)],
    ["a list of lists", "- one\n  - two\n    - three\n".repeat(1000)],
    ["an ordered list", "1. one\n".repeat(2000)],
    ["a quote", "> one\n>\n".repeat(3000)],
    ["a table", `| a | b |\n|---|---|\n${"| one | two |\n".repeat(3000)}`],
    ["a table of many columns", `|${"a|".repeat(5000)}\n|${"-|".repeat(5000)}\n|${"b|".repeat(5000)}`],
    ["code", `\`\`\`js\n${"f(x)\n".repeat(20_000)}\`\`\``],
    ["code in a quote", `> \`\`\`js\n${"> f(x)\n".repeat(5000)}> \`\`\``],
    ["a heading", `# ${"word **bold** ".repeat(2000)}`],
    ["emphasis", "*_**__".repeat(5000)],
    ["a link", `[${"word *em* ".repeat(2000)}](https://example.com)`],
  ])("makes blocks of a bounded size, and loses nothing: %s", (_, text) => {
    const all = blocks(text);
    for (const b of all) {
      if (b.kind !== "html") continue;
      expect(b.html.length).toBeLessThan(12_000);
      expect(b.html.split("<").length).toBeLessThan(1000);
    }
    for (const word of ["one", "two", "three", "bold", "code", "words", "em", "f(x)"]) {
      const count = (list: string[]) => list.filter((w) => w.includes(word)).length;
      const written = count(text.replaceAll("`", " ").split(/\s+/));
      if (written > 0) expect(count(words(all)), word).toBeGreaterThanOrEqual(written);
    }
  });

  it("shows emphasis that is nested too deeply as it was written, and what is beside it", () => {
    const deep = `${"*".repeat(102)}deep${"*".repeat(102)}`;
    const out = html(blocks(`before\n\n${deep}\n\nafter`));
    expect(out).toContain(`<p>${deep}</p>`);
    expect(out).toMatch(/before[^]*after/);
  });

  it("says of what is too large that it is not formatted", () => {
    const table = `|${"a|".repeat(5000)}\n|${"-|".repeat(5000)}`;
    expect(blocks(`before\n\n${table}\n\nafter`).map((b) => b.kind)).toEqual(["html", "unformatted", "html"]);
    expect(blocks("words ".repeat(5000)).map((b) => b.kind)).toEqual(["plain"]);
  });
  it("goes on counting in an ordered list", () => {
    const all = blocks("1. one\n".repeat(1000));
    expect(all.length).toBeGreaterThan(3);
    const starts = all.map((b) => (b.kind === "html" ? Number(/start="(\d+)"/.exec(b.html)?.[1] ?? 1) : 0));
    expect(starts[1]).toBe(1 + (html(all.slice(0, 1)).match(/<li>/g)?.length ?? 0));
  });
  it("repeats a table's head", () => {
    for (const b of blocks(`| name | b |\n|---|---|\n${"| 1 | 2 |\n".repeat(1000)}`)) expect(html([b])).toMatch(/<th>name<\/th>/);
  });

  it.each([
    ["quotes", ">".repeat(3000) + " x"],
    ["lists", Array.from({ length: 400 }, (_, i) => `${" ".repeat(i * 2)}- ${i}`).join("\n")],
    ["bullets in a line", "* ".repeat(3000) + "x"],
    ["quotes of lists", "> - ".repeat(500) + "x"],
  ])("refuses what is nested too deeply, as nothing may be left out: %s", (_, text) => expect(format(text)).toEqual({ refused: "deep" }));
  it("formats what people nest", () => expect(html(blocks(">".repeat(20) + " x"))).toMatch(/(<blockquote>\s*){20}/));

  it.each(["[", "![](<", "[a](b ", "*_**__", "*a _b ", "`", "<!-- ", "<", "&amp;&#", "a\u0301", "|a", "\n", "~~", "<br", "[a]: b\n", "http://", "x@", "- [ ] ", "\\", "\0", "\t"])(
    "takes %j again and again",
    (shape) => expect(() => format(shape.repeat(3000))).not.toThrow(),
  );
});
