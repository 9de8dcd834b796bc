import { expect, it } from "vitest";
import { nyse } from "../../../domain/calendar/nyse.ts";
import { marketCodec } from "../../../enricher/snapshot/market-codec.ts";
import { createTopology } from "../../../enricher/topology.ts";
import { decodeText, heartbeatText, midText, referenceText, settingsText, tradeText } from "../../support/raw-log.ts";

const gap = (S: string | null) =>
  JSON.stringify({ T: "gap", S, from: "2018-01-03T15:00:00Z", to: "2018-01-03T15:00:01Z", reason: "disconnected" });
const everyKind = [
  settingsText(),
  referenceText("2018-01-03"),
  JSON.stringify({ T: "split", S: "XXX", exDate: "2018-01-04", oldRate: 1, newRate: 2 }),
  midText(100, "15:00:00"),
  tradeText("15:00:01"),
  JSON.stringify({ T: "s", S: "XXX", sc: "H", sm: "", rc: "", rm: "", t: "2018-01-03T15:00:02Z", z: "A" }),
  gap(null),
  gap("XXX"),
  heartbeatText("15:00:03"),
];

/** Every key that occurs, by path; what a list holds counts once. */
function shapeOf(value: unknown, path = ""): string[] {
  if (typeof value !== "object" || value === null) return [path];
  if (Array.isArray(value)) return value.flatMap((inner) => shapeOf(inner, `${path}[]`));
  return Object.entries(value).flatMap(([key, inner]) => shapeOf(inner, path === "" ? key : `${path}.${key}`));
}

it("D2: the state's shape is that of the schema version: where this fails, raise `schemaVersion`, then update the shape", () => {
  const topology = createTopology(nyse);
  const state = topology.initial();
  for (const text of everyKind) topology.fold(state, decodeText(text));
  const shape = [
    ...shapeOf(JSON.parse(marketCodec.partitionText(state)), "#partition"),
    ...shapeOf(JSON.parse(marketCodec.symbolText(state, "XXX") ?? ""), "symbol"),
  ];
  expect({ version: marketCodec.schemaVersion, shape: [...new Set(shape)].sort() }).toMatchSnapshot();
});
