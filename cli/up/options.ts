import { existsSync } from "node:fs";
import { InvalidArgumentError } from "commander";
import type { Environment } from "../../runtime/config/environment.ts";

/** Which Alpaca the pipeline reads. */
export type FeedChoice =
  | { readonly kind: "live" }
  | { readonly kind: "simulate" }
  | { readonly kind: "recording"; readonly directory: string };

export interface UpOptions {
  readonly feed: FeedChoice;
  /** Times as fast as real time. */
  readonly speed: number | "max";
  readonly symbols: readonly string[] | undefined;
  /** Stop when the recording is through and all is published and indexed. */
  readonly untilEnd: boolean;
  readonly dataFolder: string | undefined;
  /** Machine-readable: no live summary, and the summary as one JSON line at the end. */
  readonly json: boolean;
  readonly kafkaPort: number | undefined;
  readonly openSearchPort: number | undefined;
  /** The file of entitlements: its products are distributed too. */
  readonly entitlements: string | undefined;
  /** False leaves OpenSearch and the indexer out. */
  readonly index: boolean;
  /** Servers tuned for hours instead of a quick start. */
  readonly benchmark: boolean;
  /** Of the simulator: the same seed gives the same market. */
  readonly seed: number;
}

/** The options as the command line gives them. */
export interface UpArguments {
  readonly feed?: string;
  readonly speed?: number | "max";
  readonly symbols?: readonly string[];
  readonly untilEnd?: boolean;
  readonly data?: string;
  readonly json?: boolean;
  readonly kafkaPort?: number;
  readonly opensearchPort?: number;
  readonly seed?: number;
  readonly entitlements?: string;
  readonly index?: boolean;
  readonly benchmark?: boolean;
}

/** Settles what the command line leaves open. @throws InvalidArgumentError for what does not go together */
export function upOptions(given: UpArguments, environment: Environment): UpOptions {
  const feed = feedChoice(given.feed, environment);
  if (given.untilEnd === true && feed.kind !== "recording") {
    throw new InvalidArgumentError("--until-end needs a recording (--feed DIR): only a recording has an end.");
  }
  if (given.speed !== undefined && given.speed !== 1 && feed.kind === "live") {
    throw new InvalidArgumentError("--speed is for a recording or the simulator: the live feed has its own.");
  }
  if (given.entitlements !== undefined && !existsSync(given.entitlements)) {
    throw new InvalidArgumentError(`--entitlements is a file; there is none at ${given.entitlements}.`);
  }
  return {
    feed,
    speed: given.speed ?? 1,
    symbols: given.symbols,
    untilEnd: given.untilEnd ?? false,
    dataFolder: given.data,
    json: given.json ?? false,
    kafkaPort: given.kafkaPort,
    openSearchPort: given.opensearchPort,
    seed: given.seed ?? 1,
    entitlements: given.entitlements,
    index: given.index ?? true,
    benchmark: given.benchmark ?? false,
  };
}

function feedChoice(name: string | undefined, environment: Environment): FeedChoice {
  const hasKeys = Boolean(
    environment["ALPACA_SECRET_ID"] || (environment["ALPACA_API_KEY"] && environment["ALPACA_SECRET_KEY"]),
  );
  if (name === undefined) return { kind: hasKeys ? "live" : "simulate" };
  if (name === "live" && !hasKeys) {
    throw new InvalidArgumentError(
      "--feed live needs ALPACA_API_KEY and ALPACA_SECRET_KEY, or ALPACA_SECRET_ID, in the environment.",
    );
  }
  if (name === "live" || name === "simulate") return { kind: name };
  if (!existsSync(name)) {
    throw new InvalidArgumentError(`--feed is live, simulate, or a recording's folder; there is no folder ${name}.`);
  }
  return { kind: "recording", directory: name };
}
