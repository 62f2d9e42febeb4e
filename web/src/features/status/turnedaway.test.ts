import { describe, expect, it } from "vitest";
import { turnedAwayWords } from "./turnedaway";

describe("what is turned away", () => {
  it("names the setting that changes it", () => {
    const settings = {
      busy: "limits.max_in_flight",
      address_share: "limits.address_share",
      token_share: "limits.token_share",
      crowded: "trusted_proxies",
      large_body: "limits.max_in_flight",
      slow_client: "limits.min_rate",
      too_many_connections: "limits.max_connections",
      address_connections: "limits.address_share",
      no_files: "ulimit -n",
    };
    for (const [reason, setting] of Object.entries(settings)) expect(turnedAwayWords(reason).todo).toContain(setting);
  });
  it("shows a reason it does not know by its name", () => {
    expect(turnedAwayWords("too_loud").what).toBe("too loud.");
    expect(turnedAwayWords("constructor").what).toBe("constructor.");
  });
});
