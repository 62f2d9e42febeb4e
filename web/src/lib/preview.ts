// A message as a list shows it: one line, without the marks of Markdown.

/** Rules in this order. Marks within words, as in snake_case or 2*3*4, stay. */
const marks: [RegExp, string][] = [
  [/```[\w+-]*/g, " "], // fences with their language
  [/^[ \t]*(?:#{1,6}[ \t]+|>[ \t]?|(?:[-*+]|\d{1,3}[.)])[ \t]+)+/gm, ""], // headings, quotes, lists
  [/^[ \t]*(?:[-*_][ \t]*){3,}$/gm, " "], // rules
  [/^[ \t]*\|?(?:[ \t]*:?-{2,}:?[ \t]*\|)+[ \t]*(?::?-{2,}:?)?[ \t]*$/gm, " "], // the line below a table's head
  [/!?\[([^\]\n]*)\]\([^)\s]*(?: "[^"\n]*")?\)/g, "$1"], // links and images
  [/(\*\*\*|\*\*|__|~~)(?=\S)([^\n]*?\S)\1/g, "$2"],
  [/(^|[^\w*])\*(?=\S)([^*\n]*?[^*\s])\*(?![\w*])/g, "$1$2"],
  [/(^|[^\w_])_(?=\S)([^_\n]*?[^_\s])_(?!\w)/g, "$1$2"],
  [/`([^`\n]+)`/g, "$1"],
  [/[ \t]*\|[ \t]*/g, " "], // cells of tables
];

/** Only this many characters of a text are used: a line on the screen is shorter. */
const most = 600;

export function oneLine(text: string): string {
  let line = text.slice(0, most);
  for (const [mark, instead] of marks) line = line.replace(mark, instead);
  return line.replace(/\s+/g, " ").trim();
}
