import type { Environment } from "../../runtime/config/environment.ts";
import type { Role, Servers } from "../servers/servers.ts";
import type { Display } from "./display.ts";
import type { RunningFeed } from "./feed.ts";
import type { UpOptions } from "./options.ts";
import { type StageProcess, startStage } from "./stage-process.ts";

/** The pipeline's stages, source first: the order in which they are stopped. */
const stages: readonly { readonly stage: string; readonly role: Role; readonly args: readonly string[] }[] = [
  { stage: "producer", role: "producer", args: ["produce"] },
  { stage: "enricher", role: "enricher", args: ["enrich"] },
  { stage: "distributor", role: "distributor", args: ["distribute"] },
  { stage: "indexer", role: "indexer", args: ["index"] },
  { stage: "consumer", role: "demo", args: ["consume", "--format", "none", "--from", "beginning"] },
];

/** What stages are started with. */
export interface StartStagesOptions {
  readonly environment: Environment;
  readonly servers: Servers;
  readonly feed: RunningFeed;
  readonly display: Display;
  readonly options: UpOptions;
}

/** Starts each stage as a process of its own, with what it needs of the environment, and notes it as soon as it is started. */
export function startStages(running: StageProcess[], given: StartStagesOptions): void {
  const { environment, servers, feed, display, options } = given;
  const leftOut = new Set([options.index ? "" : "indexer", options.entitlements === undefined ? "distributor" : ""]);
  for (const { stage, role, args } of stages.filter(({ stage }) => !leftOut.has(stage))) {
    const sources = {
      ...(stage === "producer" ? feed.environment : withoutAlpacaKeys),
      ...(stage === "indexer" ? {} : withoutOpenSearchKeys),
      ...(stage === "distributor" ? { ENTITLEMENTS_FILE: options.entitlements } : {}),
    };
    running.push(
      startStage({
        stage,
        args,
        environment: { ...environment, ...servers.environmentFor(role), ...sources },
        onLog: (line) => {
          if (!options.json || / (warn|error) |bellwether:/.test(line)) display.line(line);
        },
      }),
    );
  }
}

/** Only the producer needs them. */
const withoutAlpacaKeys: Environment = {
  ALPACA_API_KEY: undefined,
  ALPACA_SECRET_KEY: undefined,
  ALPACA_SECRET_ID: undefined,
};

/** Only the indexer needs them. */
const withoutOpenSearchKeys: Environment = {
  OPENSEARCH_USERNAME: undefined,
  OPENSEARCH_PASSWORD: undefined,
  OPENSEARCH_SECRET_ID: undefined,
};
