import { describe, expect, it } from "vitest";
import { followed, JOIN_MS_MAX, type Monitoring } from "./monitor.ts";

const asked: Monitoring = { agent: 7, number: "1007", name: "李静", mode: "listen", since: "2026-11-26T08:00:00Z", joined: false };
const at = Date.parse(asked.since);

describe("monitoring", () => {
  it("waits for the supervisor's phone, not for ever", () => {
    expect(followed(asked, { monitored: null }, at + 5_000)).toBe(asked);
    expect(followed(asked, undefined, at + 5_000)).toBe(asked);
    expect(followed(asked, { monitored: null }, at + JOIN_MS_MAX + 1)).toBeNull();
  });
  it("shows the mode that the server shows", () => {
    const joined = followed(asked, { monitored: "listen" }, at + 9_000);
    expect(joined).toMatchObject({ joined: true, mode: "listen" });
    expect(followed(joined!, { monitored: "whisper" }, at + 9_000)).toMatchObject({ mode: "whisper" });
    expect(followed(joined!, { monitored: "listen" }, at + 9e9)).toBe(joined);
  });
  it("is over when the server says so, and stays while nothing is known", () => {
    const joined = { ...asked, joined: true };
    expect(followed(joined, { monitored: null }, at + 9_000)).toBeNull();
    expect(followed(joined, undefined, at + 9e9)).toBe(joined);
  });
});
