import { describe, expect, it } from "vitest";
import { KeptRecords } from "../../../../cli/verify/opensearch/kept-records.ts";
import { partitionOf } from "../../../../domain/partition.ts";

const log = "LOGidLOGid-OGidLOGid00";
const topic = "market.enriched";
const candles = "market.candles";
const letters = "market.dead-letter";

function quote(id: string) {
  return { kind: "quote", id, version: 1 } as const;
}

function candle(start: string, symbol = "A-B", version = 1) {
  return { kind: "candle", id: `${log}-${symbol}-1m-${start}`, version } as const;
}

describe("a document by its raw place", () => {
  it("is unexpected where the topic has lost nothing, and of another log where the topics do not know its log", () => {
    const kept = new KeptRecords();
    kept.open(topic, 0, 0);
    kept.note(topic, 0, quote(`${log}-0-100-0`));
    expect(kept.isWhole(topic)).toBe(true);
    expect(kept.reasonOf(topic, quote(`${log}-0-5-0`), null)).toBe("unexpected");
    expect(kept.reasonOf(topic, quote(`${log.toLowerCase()}-0-5-0`), null)).toBe("otherLog");
    expect(kept.reasonOf(topic, quote("anything"), null)).toBe("unexpected");
  });

  it("is older below the first place that is kept of its log, and unexpected from there on", () => {
    const kept = new KeptRecords();
    kept.open(topic, 0, 40);
    kept.open(topic, 1, 0);
    kept.note(topic, 0, quote(`${log}-0-100-1`));
    kept.note(topic, 0, quote(`${log}-0-101-0`));
    expect(kept.isWhole(topic)).toBe(false);
    expect(kept.reasonOf(topic, quote(`${log}-0-99-3`), null)).toBe("older");
    expect(kept.reasonOf(topic, quote(`${log}-0-100-0`), null)).toBe("older");
    expect(kept.reasonOf(topic, quote(`${log}-0-100-2`), null)).toBe("unexpected");
    expect(kept.reasonOf(topic, quote(`${log}-1-99-0`), null)).toBe("unexpected");
  });

  it("is older where all of its partition is gone", () => {
    const kept = new KeptRecords();
    kept.open(topic, 0, 40);
    expect(kept.reasonOf(topic, quote(`${log}-0-99-0`), null)).toBe("older");
  });
});

describe("a candle by its window", () => {
  const partition = partitionOf("A-B", 12);
  const keptFrom = (begin: number) => {
    const kept = new KeptRecords();
    for (let at = 0; at < 12; at++) kept.open(candles, at, at === partition ? begin : 0);
    kept.note(candles, partition, candle("2018-01-03T14:58:00Z", "A-B", 2));
    kept.note(candles, partition, candle("2018-01-03T15:00:00Z"));
    return kept;
  };

  it("is older up to the longest grace behind the first window that is kept whole, and unexpected after that", () => {
    const kept = keptFrom(9);
    expect(kept.reasonOf(candles, candle("2018-01-03T14:00:00Z"), null)).toBe("older");
    expect(kept.reasonOf(candles, candle("2018-01-03T16:00:00Z"), null)).toBe("older");
    expect(kept.reasonOf(candles, candle("2018-01-03T16:01:00Z"), null)).toBe("unexpected");
  });

  it("is unexpected where its partition has lost nothing, and where it is no candle's id", () => {
    const kept = keptFrom(0);
    expect(kept.reasonOf(candles, candle("2018-01-03T14:00:00Z"), null)).toBe("unexpected");
    expect(keptFrom(9).reasonOf(candles, { ...candle(""), id: "anything" }, null)).toBe("unexpected");
  });
});

it("a dead letter is as old as the place that it tells of itself", () => {
  const kept = new KeptRecords();
  kept.open(letters, 3, 10);
  const letter = { kind: "deadLetter", id: `${log}-3-500-0`, version: 1 } as const;
  kept.note(letters, 3, letter);
  expect(kept.reasonOf(letters, letter, { topic: letters, partition: 3, offset: 9 })).toBe("older");
  expect(kept.reasonOf(letters, letter, { topic: letters, partition: 3, offset: 10 })).toBe("unexpected");
  expect(kept.reasonOf(letters, letter, null)).toBe("unexpected");
});
