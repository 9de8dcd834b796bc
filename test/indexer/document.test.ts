import { describe, expect, it } from "vitest";
import { bulkBody, bulkBytes } from "../../indexer/bulk-body.ts";
import { deadLetterDocument } from "../../indexer/dead-letter-document.ts";
import { documentOf, IndexDocument } from "../../indexer/document.ts";
import { createIndexOf, indexPrefixOf, isIndexable } from "../../indexer/index-names.ts";
import { candleValue, gapValue, incoming, quoteValue } from "./records.ts";

const indexOf = createIndexOf("market-");
const nowMicros = Date.UTC(2018, 0, 3, 15, 0, 1) * 1000;

function document(value: string, headers?: Record<string, string>): IndexDocument {
  const result = documentOf(incoming(value, headers), indexOf, nowMicros);
  if ("reason" in result) throw new Error(`${result.reason}: ${result.detail}`);
  return result;
}

function reason(value: string | null, headers?: Record<string, string>): string {
  const result = documentOf(incoming(value, headers), indexOf, nowMicros);
  return "reason" in result ? result.reason : "none";
}

describe("documents", () => {
  it("D4: a quote's id is of its raw record, its version is 1, its index of its event time's UTC day", () => {
    const { index, id, version, kind } = document(quoteValue("2018-01-03T23:59:59.999999999Z"));
    expect({ index, id, version, kind }).toEqual({
      index: "market-quotes-2018.01.03",
      id: "LOGidLOGidLOGidLOGid00-3-41-0",
      version: 1,
      kind: "quote",
    });
  });

  it("D4: a candle's id is of its window, and its version is one above its revision", () => {
    const { index, id, version } = document(candleValue("2018-01-03T15:00:00Z", 2));
    expect({ index, id, version }).toEqual({
      index: "market-candles-2018.01.03",
      id: "LOGidLOGidLOGidLOGid00-XXX-1m-2018-01-03T15:00:00Z",
      version: 3,
    });
  });

  it("D4: a gap's day is that of its beginning", () => {
    expect(document(gapValue).index).toBe("market-gaps-2018.01.03");
  });

  it("D4: a dead letter's day is that of Kafka's time, and bytes that are no text are kept in base64", () => {
    const record = { ...incoming(null, { reason: "notJson", stage: "enricher" }), value: Buffer.from([0xff, 0x00]) };
    const { index, id, source } = deadLetterDocument(record, 3, indexOf);
    expect(index).toBe("market-dead-letters-2026.01.02");
    expect(id).toBe("LOGidLOGidLOGidLOGid00-3-41-0");
    expect(JSON.parse(source.toString())).toMatchObject({ reason: "notJson", stage: "enricher", valueBase64: "/wA=" });
  });

  it("a dead letter without the source's headers is known by its own place", () => {
    const record = { ...incoming("{", {}), headers: {} };
    expect(deadLetterDocument(record, 3, indexOf).id).toBe("dead-letter-3-7");
  });

  it("D5: an id that is too long for OpenSearch is the document's own fault: a request with it would be refused as a whole", () => {
    const record = incoming("{", { "log-id": "L".repeat(600) });
    expect(reason(quoteValue("2018-01-03T15:00:00Z"), { "log-id": "L".repeat(600) })).toBe("notIndexable");
    expect(reason(candleValue("2018-01-03T15:00:00Z", 0).replace("XXX", "é".repeat(240)))).toBe("notIndexable");
    expect(reason(candleValue("2018-01-03T15:00:00Z", 0).replace("XXX", "X".repeat(440)))).toBe("none");
    expect(deadLetterDocument(record, 3, indexOf).id).toBe("dead-letter-3-7");
  });

  it("the value's bytes stand in the bulk body unchanged, also where their order is not the usual one", () => {
    const value = '{ "eventTime":"2018-01-03T15:00:00Z","symbol":"Ünï\\"x","type":"quote","bidPrice":1.10 }';
    const made = document(value);
    const [action, line, ...rest] = bulkBody([made]).toString().split("\n");
    expect([line, ...rest]).toEqual([value, ""]);
    expect(JSON.parse(action ?? "").index).toEqual({
      _index: "market-quotes-2018.01.03",
      _id: made.id,
      version: 1,
      version_type: "external",
    });
  });

  it("an id with any character in it gives an action line of valid JSON, of the length that is reckoned with", () => {
    const id = 'ä"\\\n-1m';
    const made = new IndexDocument("candle", "i", id, 12, Buffer.from("{}"), "");
    const body = bulkBody([made]).toString();
    expect(body.length).toBe(bulkBytes(made));
    expect(body.split("\n").slice(1)).toEqual(["{}", ""]);
    expect(JSON.parse(body.split("\n")[0] ?? "").index).toMatchObject({ _id: id, version: 12 });
  });

  it.each([
    [null, "notJson"],
    ["{", "notJson"],
    ["[1]", "notObject"],
    ['{"type":"surprise"}', "unknownType"],
    ['{"type":"deadLetter"}', "unknownType"],
    ['{"type":"toString"}', "unknownType"],
    ['{"type":"quote","symbol":"X"}', "missingField"],
    ['{"type":"candle","symbol":"X","interval":"1m","start":"2018-01-03T15:00:00Z"}', "missingField"],
    ['{"type":"quote","symbol":"X","eventTime":"2018-13-03T15:00:00Z"}', "badTime"],
    ['{"type":"quote","symbol":"X","eventTime":"../../../2018-01-03"}', "badTime"],
    ['{"type":"quote",\n"symbol":"X","eventTime":"2018-01-03T15:00:00Z"}', "notIndexable"],
  ])("D3: %j is rejected as %s", (value, expected) => {
    expect(reason(value)).toBe(expected);
  });

  it("D4: without a header that the id is made of, a record is rejected and never gets an id of chance", () => {
    for (const name of ["log-id", "source-partition", "source-offset", "source-index"]) {
      const record = incoming(quoteValue("2018-01-03T15:00:00Z"));
      const headers = Object.fromEntries(Object.entries(record.headers).filter(([key]) => key !== name));
      expect(documentOf({ ...record, headers }, indexOf, nowMicros)).toMatchObject({ reason: "missingField" });
    }
  });
});

describe("names of indices", () => {
  it.each([
    ["market.", "market-"],
    ["Acme.EU.", "acme-eu-"],
    ["", ""],
  ])("the topic prefix %j gives %j", (topicPrefix, expected) => {
    expect(indexPrefixOf(topicPrefix)).toBe(expected);
    expect(isIndexable(topicPrefix)).toBe(true);
  });

  it.each(["_a.", "-a", ".a"])("the topic prefix %j is refused, since no index can begin so", (topicPrefix) => {
    expect(isIndexable(topicPrefix)).toBe(false);
  });
});
