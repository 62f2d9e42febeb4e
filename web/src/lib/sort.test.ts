import { expect, it } from "vitest";
import { next, order } from "./sort";

it("goes through both ways and back to time, beginning with what one looks for", () => {
  const [latency, name] = [{ field: "latency", largest: true }, { field: "name" }];
  expect(next(latency, null)).toBe("-latency");
  expect(next(latency, order("-latency"))).toBe("latency");
  expect(next(latency, order("latency"))).toBeNull();
  expect(next(name, order("latency"))).toBe("name");
  expect(next(name, order("name"))).toBe("-name");
  expect(next(name, order("-name"))).toBeNull();
});
