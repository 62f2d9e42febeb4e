import { describe, expect, it } from "vitest";
import { outage } from "./outage";

describe("outage", () => {
  it("is none when the server is ready", () => expect(outage(200, { status: "ok" })).toBeNull());
  it("is none when a proxy does not forward the path", () => {
    expect(outage(404, null)).toBeNull();
    expect(outage(401, null)).toBeNull();
    expect(outage(302, null)).toBeNull();
  });
  it("says that nothing answers", () => expect(outage(0, null)?.part).toBe("server"));
  it("names the storage that is unavailable", () => {
    const store = outage(503, { status: "unavailable", dependency: "store", reason: "the storage of events (ClickHouse) cannot be reached or does not answer now" });
    expect(store).toMatchObject({ part: "store", title: "The storage of events (ClickHouse) cannot be reached or does not answer now" });
    expect(store?.detail).toContain("Check that it is running");
    expect(outage(503, { dependency: "blocks", reason: "the storage of recordings cannot be reached" })?.detail).toContain("Replays cannot be loaded");
  });
  it("asks for free space, not for repair, when a storage is full", () => {
    const full = outage(503, { dependency: "store", reason: "the data directory has no room for more data" });
    expect(full?.detail).toContain("Free some space");
    expect(full?.detail).not.toContain("Check that it is running");
  });
  it("says so when the server is stopping", () => expect(outage(503, { reason: "the server is stopping" })?.title).toBe("The server is stopping"));
  it("recognises a proxy's error page", () => expect(outage(502, null)).toMatchObject({ part: "nodes", detail: expect.stringContaining("502") }));
});
