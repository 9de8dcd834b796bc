import { EventEmitter } from "node:events";
import { ExtData, encode, encodeTimeSpecToTimestamp } from "@msgpack/msgpack";
import { describe, expect, it } from "vitest";
import { elementRecord } from "../../producer/element-json.ts";
import { type ControlFrame, TappedStream } from "../../producer/tapped-stream.ts";

/** A client on a socket that the test plays. */
function tapped() {
  const socket = Object.assign(new EventEmitter(), { send: (_data: unknown) => undefined, close: () => undefined });
  const elements: unknown[] = [];
  const controls: ControlFrame[] = [];
  const stream = new TappedStream({
    url: "ws://unused",
    keyId: "k",
    secretKey: "s",
    wsFactory: () => socket,
    onElements: (some) => elements.push(...some),
    onControl: (frame) => controls.push(frame),
  });
  stream.connect();
  socket.emit("open");
  const receive = (frame: unknown) => socket.emit("message", Buffer.from(encode(frame, { useBigInt64: true })));
  return { receive, elements, controls, texts: () => elements.map((element) => String(elementRecord(element).text)) };
}

const time = (sec: number, nsec: number) => new ExtData(-1, encodeTimeSpecToTimestamp({ sec, nsec }));

describe("the tap", () => {
  it("D3: unknown types, unknown fields and elements that are no objects reach the raw log as received", () => {
    const { receive, texts } = tapped();
    receive([
      { T: "zz", S: "XXX", new: { deep: [1, null, true] } },
      { T: "q", S: "XXX", later: "kept", bp: 1.5 },
      5,
      null,
      [1],
    ]);
    expect(texts()).toEqual([
      '{"T":"zz","S":"XXX","new":{"deep":[1,null,true]}}',
      '{"T":"q","S":"XXX","later":"kept","bp":1.5}',
      "5",
      "null",
      "[1]",
    ]);
  });

  it("integers above 2^53 keep their digits", () => {
    const { receive, texts } = tapped();
    receive([{ T: "t", i: 9007199254740993n, m: 18446744073709551615n, n: -9223372036854775808n }]);
    expect(texts()).toEqual(['{"T":"t","i":9007199254740993,"m":18446744073709551615,"n":-9223372036854775808}']);
  });

  it("P4: times are RFC 3339 to the nanosecond with the fraction's trailing zeros cut", () => {
    const { receive, texts } = tapped();
    const day = Date.parse("2018-01-03T15:00:00Z") / 1000;
    receive([{ t: time(day, 123_456_789) }, { t: time(day, 120_000_000) }, { t: time(day, 0) }, { u: time(day, 1) }]);
    expect(texts()).toEqual([
      '{"t":"2018-01-03T15:00:00.123456789Z"}',
      '{"t":"2018-01-03T15:00:00.12Z"}',
      '{"t":"2018-01-03T15:00:00Z"}',
      '{"u":"2018-01-03T15:00:00.000000001Z"}',
    ]);
  });

  it("P4: a time that came as text is cut too, and one that is none stays as it is", () => {
    expect(elementRecord({ t: "2018-01-03T15:00:00.120000Z" })).toMatchObject({
      text: '{"t":"2018-01-03T15:00:00.12Z"}',
      time: { micros: Date.parse("2018-01-03T15:00:00.12Z") * 1000, nanos: 0 },
    });
    expect(elementRecord({ t: "noon" })).toMatchObject({ text: '{"t":"noon"}', time: null });
    expect(elementRecord({ t: 5 })).toMatchObject({ text: '{"t":5}', time: null });
  });

  it("a map that only looks like a timestamp is no time", () => {
    const { receive, texts } = tapped();
    receive([{ t: { epochSeconds: 1, nanos: 2 } }]);
    expect(texts()).toEqual(['{"t":{"epochSeconds":1,"nanos":2}}']);
  });

  it("texts are escaped, and numbers that JSON does not have become null", () => {
    const { receive, texts } = tapped();
    receive([{ 'k"': 'a"\n\u2028', n: Number.NaN, i: Number.POSITIVE_INFINITY, c: ["R", 'x"'] }]);
    expect(JSON.parse(texts()[0] ?? "")).toEqual({ 'k"': 'a"\n\u2028', n: null, i: null, c: ["R", 'x"'] });
  });

  it("an error amid data does not swallow the elements around it, and the client stays connected to hear more", () => {
    const { receive, elements, controls } = tapped();
    receive([
      { T: "q", n: 1 },
      { T: "error", code: 402, msg: "auth failed" },
      { T: "q", n: 2 },
    ]);
    receive([{ T: "q", n: 3 }]);
    expect(elements).toEqual([
      { T: "q", n: 1 },
      { T: "q", n: 2 },
      { T: "q", n: 3 },
    ]);
    expect(controls).toEqual([{ kind: "error", code: 402, message: "auth failed" }]);
  });

  it("a frame that is no array is one element", () => {
    const { receive, texts } = tapped();
    receive({ T: "q", S: "XXX" });
    expect(texts()).toEqual(['{"T":"q","S":"XXX"}']);
  });
});

describe("an element's record", () => {
  it("takes the key from the symbol, and none where there is none", () => {
    expect(elementRecord({ T: "q", S: "XXX" })).toMatchObject({ symbol: "XXX", type: "q" });
    expect(elementRecord({ T: 5, S: "" })).toMatchObject({ symbol: null, type: null });
  });

  it("a bare text, which a broken line of a recording is, goes on as it is", () => {
    expect(elementRecord('{"T":"q","S":"XX')).toEqual({
      symbol: null,
      type: null,
      time: null,
      text: '{"T":"q","S":"XX',
    });
  });

  it("D3: a monster is cut to what Kafka takes, and still too large for the enricher", () => {
    const { text, symbol } = elementRecord({ T: "q", S: "XXX", x: "é".repeat(2_000_000) });
    expect(Buffer.isBuffer(text) && text.length).toBe(512 * 1024 + 1);
    expect(symbol).toBeNull();
  });
});
