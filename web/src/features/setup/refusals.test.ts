import { expect, it } from "vitest";
import delivery from "../../../../internal/model/delivery.go?raw";
import { refusalWords } from "./refusals";

it("has words for every reason of the server", () => {
  const reasons = [...delivery.matchAll(/\bReason\w+\s+Reason = "(\w+)"/g)].map((m) => m[1] as string);
  expect(reasons).toContain("not_decoded");
  for (const reason of reasons) expect(refusalWords(reason), reason).not.toBe(reason.replaceAll("_", " "));
  expect(refusalWords("of_a_newer_server")).toBe("of a newer server");
});
