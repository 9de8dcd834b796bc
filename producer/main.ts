import { z } from "zod";
import { nyse } from "../domain/calendar/nyse.ts";
import { PipelineError } from "../domain/errors.ts";
import { topicNames } from "../domain/topics.ts";
import type { Clock } from "../runtime/clock/clock.ts";
import { settingsFrom } from "../runtime/config/rules.ts";
import { kafkaConnection } from "../runtime/kafka/connection.ts";
import { createKafka } from "../runtime/kafka/kafka.ts";
import type { Kafka } from "../runtime/kafka/types.ts";
import type { Log } from "../runtime/log/log.ts";
import { Metrics } from "../runtime/metrics/metrics.ts";
import { reportRegularly, type StageReport } from "../runtime/metrics/report.ts";
import { readSecret } from "../runtime/secrets/read-secret.ts";
import type { Shutdown } from "../runtime/shutdown/shutdown.ts";
import type { ProducerConfig } from "./config.ts";
import { positionFile } from "./position-file.ts";
import { isRegularHours, produce } from "./produce.ts";
import type { RawWriter } from "./raw-writer.ts";
import type { StreamTiming } from "./stream.ts";

export interface ProducerDeps {
  readonly log: Log;
  readonly clock: Clock;
  readonly shutdown: Shutdown;
}

/** Alpaca gives ten seconds for signing in, and pings are due every ten. */
const timing: Omit<StreamTiming, "dataTimeoutMs"> = {
  readyTimeoutMs: 20_000,
  pingAfterMs: 10_000,
  firstDelayMs: 1000,
  delayMsMax: 30_000,
  slotDelayMs: 15_000,
};

/** Runs the producer until it is told to stop. @throws PipelineError where Alpaca or Kafka cannot be used */
export async function runProducer(config: ProducerConfig, { log, clock, shutdown }: ProducerDeps): Promise<void> {
  const settings = settingsFrom(config, nyse.version);
  const alpacaKey = await keyFrom(config);
  const kafka = createKafka(await kafkaConnection(config, "bellwether-producer"), log);
  const topic = topicNames(config.TOPIC_PREFIX).raw;
  const partitions = await countPartitions(kafka, topic);
  const sender = await kafka.sender();
  const metrics = new Metrics();
  let state: StageReport["state"] = "starting";
  let writer: RawWriter | null = null;
  const report = reportRegularly(
    () => {
      metrics.set("regularHours", isRegularHours(nyse, clock) ? 1 : 0);
      return {
        stage: "producer",
        state,
        metrics: metrics.snapshot(),
        positions: writer?.positions() ?? [],
        prices: [],
      };
    },
    { log, clock, everySeconds: config.LOG_METRICS_SECONDS },
  );
  try {
    await produce({
      alpaca: {
        streamUrl: config.ALPACA_STREAM_URL,
        dataUrl: config.ALPACA_DATA_URL,
        tradingUrl: config.ALPACA_TRADING_URL,
        ...alpacaKey,
      },
      symbols: config.SYMBOLS,
      settings,
      calendar: nyse,
      heartbeats: config.HEARTBEATS,
      sender,
      topic,
      partitions,
      timing: { ...timing, dataTimeoutMs: config.DATA_TIMEOUT_MS },
      clock,
      random: Math.random,
      log,
      metrics,
      signal: shutdown.signal,
      position: config.PRODUCER_STATE_DIR === undefined ? undefined : positionFile(config.PRODUCER_STATE_DIR, log),
      onState: (next) => {
        state = next;
      },
      onWriter: (created) => {
        writer = created;
      },
    });
  } finally {
    await sender.close();
    report.close();
  }
}

async function countPartitions(kafka: Kafka, topic: string): Promise<number> {
  const admin = await kafka.admin();
  try {
    return await admin.partitionCount(topic);
  } finally {
    await admin.close();
  }
}

/** @throws PipelineError `badConfiguration` where keys are missing or given twice, `secretUnavailable` */
async function keyFrom(config: ProducerConfig): Promise<{ readonly keyId: string; readonly secretKey: string }> {
  const { ALPACA_API_KEY: keyId, ALPACA_SECRET_KEY: secretKey, ALPACA_SECRET_ID: secretId } = config;
  if (secretId !== undefined && keyId === undefined && secretKey === undefined) {
    const schema = z.object({ apiKey: z.string().min(1), secretKey: z.string().min(1) });
    const location = { region: config.AWS_REGION, endpoint: config.AWS_ENDPOINT_URL };
    const secret = await readSecret(secretId, schema, location);
    return { keyId: secret.apiKey, secretKey: secret.secretKey };
  }
  if (secretId === undefined && keyId !== undefined && secretKey !== undefined) return { keyId, secretKey };
  const fault = secretId === undefined ? "Alpaca's key is missing, or given by half." : "Alpaca's key is given twice.";
  throw new PipelineError("badConfiguration", fault, {
    remedy: "Set either ALPACA_API_KEY and ALPACA_SECRET_KEY, or ALPACA_SECRET_ID.",
  });
}
