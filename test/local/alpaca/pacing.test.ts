import { describe, expect, it } from "vitest";
import { messageOfLine } from "../../../local/alpaca/feed.ts";
import { Pacing } from "../../../local/alpaca/pacing.ts";

const at = (t: string) => messageOfLine(JSON.stringify({ T: "q", S: "AAA", t }));
const due = (speed: number, ...times: string[]) => [...new Pacing(speed, 1000).dueTimes(times.map(at))];

describe("pacing", () => {
  it("plays a recording so many times as fast as it was recorded", () => {
    const times = ["2018-01-02T10:00:00Z", "2018-01-02T10:00:01Z", "2018-01-02T10:01:00Z"];
    expect(due(1, ...times)).toEqual([1000, 2000, 61_000]);
    expect(due(10, ...times)).toEqual([1000, 1100, 7000]);
  });

  it("sends late messages, and those without a time, with what stands before them", () => {
    expect(due(1, "2018-01-02T10:00:00Z", "2018-01-02T10:00:05Z", "2018-01-02T10:00:01Z", "yesterday")).toEqual([
      1000, 6000, 6000, 6000,
    ]);
  });

  it("is not held up by one time in the far future", () => {
    const times = ["2018-01-02T10:00:00Z", "2099-01-01T00:00:00Z", "2018-01-02T10:00:01Z"];
    expect(due(1, ...times)).toEqual([1000, 1000, 2000]);
    expect(due(1, "2099-01-01T00:00:00Z", ...times)).toEqual([1000, 1000, 1000, 2000]);
  });

  it("waits through a night that what comes after it confirms", () => {
    expect(due(3600, "2018-01-02T21:00:00Z", "2018-01-03T09:00:00Z", "2018-01-03T09:00:36Z")).toEqual([
      1000, 13_000, 13_010,
    ]);
  });

  it("at full speed everything is due at once", () => {
    expect([...new Pacing("max", 1000).dueTimes([at("2018-01-02T10:00:00Z")])]).toEqual([0]);
  });
});
