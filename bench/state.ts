import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { nyse } from "../domain/calendar/nyse.ts";
import { decodeRaw } from "../domain/messages/decode.ts";
import type { PartitionState } from "../enricher/operators/state.ts";
import { marketCodec } from "../enricher/snapshot/market-codec.ts";
import { createTopology } from "../enricher/topology.ts";
import { loadSymbols, quoteLines } from "./quotes.ts";
import { report } from "./report.ts";

const load = { quotes: 400_000, symbols: 10_000 };

/** What a symbol takes in memory and in a snapshot, once it has been quoted for some minutes: windows open and inside the grace. */
export async function benchState(): Promise<void> {
  const topology = createTopology(nyse);
  const state = topology.initial();
  const before = usedBytes();
  for (const line of quoteLines(load)) topology.fold(state, decodeRaw(Buffer.from(line)));
  const perSymbol = (usedBytes() - before) / state.symbols.size;
  report(`memory of a symbol, of ${loadSymbols(load.symbols).length}`, `${Math.round(perSymbol)} bytes`);
  report("  as a snapshot has it", `${Math.round(snapshotBytes(state) / state.symbols.size)} bytes of JSON`);
}

function snapshotBytes(state: PartitionState): number {
  let bytes = 0;
  for (const symbol of marketCodec.symbols(state)) bytes += marketCodec.symbolText(state, symbol)?.length ?? 0;
  return bytes;
}

/** What is in use after everything that can go is gone. */
function usedBytes(): number {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  collect();
  return process.memoryUsage().heapUsed;
}
