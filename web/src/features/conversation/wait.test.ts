import { expect, test } from "vitest";
import { waited } from "./wait";

test("the wait between turns", () => {
  expect(waited(null)).toBeNull();
  expect(waited(0)).toBe("0 ms later");
  expect(waited(130)).toBe("2 m 10 s later");
  expect(waited(-1.5)).toBe("began 1.50 s before the turn before had ended");
});
