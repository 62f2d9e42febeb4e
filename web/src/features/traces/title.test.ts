import { describe, expect, it } from "vitest";
import { subtitle } from "./title";

const row = { id: "1", name: null, inputPreview: "", outputPreview: "" };

describe("the second line of a row", () => {
  it("is the name and the answer", () => {
    expect(subtitle({ ...row, name: "answer", inputPreview: "Where is it?", outputPreview: "In the **shed**." })).toBe("answer · In the shed.");
  });
  it("says what is missing", () => {
    expect(subtitle({ ...row, inputPreview: "Where is it?" })).toBe("no answer was sent");
    expect(subtitle(row)).toBe("no content was sent");
  });
  it("does not miss the text of an embedding, which has none", () => {
    expect(subtitle({ ...row, kind: "embedding", inputPreview: "sleeping bag" })).toBe("embedding");
  });
});
