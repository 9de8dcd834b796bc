import { z } from "zod";

/** "a,b" as ["a","b"]; blanks are cut and dropped. */
const list = z.string().transform((text) =>
  text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== ""),
);

const flag = z.enum(["true", "false"]).transform((text) => text === "true");
/** A number from text; what it must be is said where it is none, and a bound says its own. */
const number = (kind: string) => z.coerce.number({ error: ({ code }) => (code === "invalid_type" ? kind : undefined) });

/** A whole number within bounds, from text. */
export const integer = (min: number, max: number) => number("must be a whole number").int().min(min).max(max);
const url = (protocols: RegExp) =>
  z.url({ protocol: protocols }).refine((text) => !new URL(text).username && !new URL(text).password, {
    message: "must hold no user name or password: those have variables of their own",
  });

/** How every stage reaches Kafka. */
export const kafkaVariables = z.object({
  KAFKA_BROKERS: list
    .pipe(z.array(z.string().regex(/^[^\s:]+:\d+$/, "each must be host:port")).min(1, "at least one host:port"))
    .describe("Bootstrap brokers, host:port, separated by commas"),
  KAFKA_TLS: z
    .enum(["on", "off"])
    .optional()
    .describe("TLS to the brokers; by default on with credentials or KAFKA_TLS_CA, else off"),
  KAFKA_TLS_CA: z.string().min(1).optional().describe("Path of a PEM file with the certificate authority"),
  KAFKA_SASL_USERNAME: z.string().min(1).optional().describe("SCRAM-SHA-512 user"),
  KAFKA_SASL_PASSWORD: z.string().min(1).optional().describe("SCRAM-SHA-512 password"),
  KAFKA_SECRET_ID: z
    .string()
    .min(1)
    .optional()
    .describe('Secrets Manager secret {"username","password"}, instead of the two before'),
  KAFKA_AUTH: z
    .enum(["scram", "iam"])
    .default("scram")
    .describe("How to sign in: scram, or iam (Amazon MSK, as the AWS role that the process runs under)"),
  KAFKA_COMPRESSION: z
    .enum(["none", "gzip", "zstd"])
    .default("zstd")
    .describe("How what a stage writes is compressed; every reader of its topics must know it"),
  TOPIC_PREFIX: z
    .string()
    .regex(/^[a-zA-Z0-9._-]*$/, "letters, digits, dot, underscore and hyphen only")
    .default("market.")
    .describe("Begins every topic, group and transactional id"),
  AWS_REGION: z
    .string()
    .min(1)
    .optional()
    .describe("Region of Secrets Manager, and of the cluster with KAFKA_AUTH=iam"),
  AWS_ENDPOINT_URL: url(/^https?$/)
    .optional()
    .describe("Another endpoint for AWS services"),
});

/** A symbol of Alpaca's, or all of them. */
export const symbolPattern = /^(\*|[A-Z][A-Z0-9./]*)$/;

/** How the producer reaches Alpaca, and what it asks for. */
export const alpacaVariables = z.object({
  ALPACA_API_KEY: z.string().min(1).optional().describe("Alpaca key id"),
  ALPACA_SECRET_KEY: z.string().min(1).optional().describe("Alpaca secret key"),
  ALPACA_SECRET_ID: z
    .string()
    .min(1)
    .optional()
    .describe('Secrets Manager secret {"apiKey","secretKey"}, instead of the two before'),
  ALPACA_STREAM_URL: url(/^wss?$/)
    .default("wss://stream.data.alpaca.markets/v2/iex")
    .describe("WebSocket stream with its feed (v2/iex, v2/sip)"),
  ALPACA_DATA_URL: url(/^https?$/)
    .default("https://data.alpaca.markets")
    .describe("REST market data"),
  ALPACA_TRADING_URL: url(/^https?$/)
    .default("https://paper-api.alpaca.markets")
    .describe("REST calendar and assets"),
  SYMBOLS: list
    .pipe(z.array(z.string().regex(symbolPattern, "a symbol is upper-case letters, digits, dot")).min(1))
    .default(["AAPL", "AMZN", "GOOGL", "META", "MSFT", "NVDA", "TSLA"])
    .describe("Symbols, separated by commas"),
});

/** How the indexer reaches OpenSearch. */
export const openSearchVariables = z.object({
  OPENSEARCH_URL: url(/^https?$/).describe("OpenSearch endpoint"),
  OPENSEARCH_USERNAME: z.string().min(1).optional().describe("Basic authentication user"),
  OPENSEARCH_PASSWORD: z.string().min(1).optional().describe("Basic authentication password"),
  OPENSEARCH_SECRET_ID: z
    .string()
    .min(1)
    .optional()
    .describe('Secrets Manager secret {"username","password"}, instead of the two before'),
  OPENSEARCH_TLS_CA: z.string().min(1).optional().describe("Path of a PEM file with the certificate authority"),
});

const intervalNames = z.array(z.string().regex(/^(\d+s|\d+m|1h)$/, "an interval is like 30s, 1m or 1h"));

/** The market rules' settings: the producer writes them to the raw log, from which alone the enricher takes them. */
export const ruleVariables = z.object({
  THRESHOLD_PERCENT: number("must be a number")
    .positive()
    .max(1000)
    .default(5)
    .describe("Change that makes Bullish or Bearish (I1)"),
  THRESHOLD_PERCENT_BY_SYMBOL: list
    .pipe(z.array(z.string().regex(/^[^=\s]+=\d+(\.\d+)?$/, "each must be SYMBOL=PERCENT")))
    .default([])
    .describe("Other thresholds, SYMBOL=PERCENT, separated by commas"),
  WINDOW_INTERVALS: list.pipe(intervalNames.min(1)).default(["1m", "5m"]).describe("Window lengths (W3)"),
  MAX_OUT_OF_ORDER_MS: integer(0, 600_000).default(1000).describe("Watermark delay (W2)"),
  GRACE_MS: integer(1, 3_600_000).default(60_000).describe("How long a closed window can still change (W4)"),
  MAX_AHEAD_MS: integer(1, 3_600_000).default(5000).describe("How far past the stream's time an event may be (W8)"),
  MAX_SPREAD_PERCENT: number("must be a number").positive().max(200).default(10).describe("Widest usable spread (Q1)"),
  ADJUST_DIVIDENDS: flag.default(false).describe("Lower the previous close by cash dividends (C3)"),
});

/** How every stage logs. */
export const logVariables = z.object({
  LOG_LEVEL: z.enum(["debug", "info", "warn", "error"]).default("info").describe("Least important line to show"),
  LOG_FORMAT: z.enum(["text", "json"]).default("text").describe("Lines for people or for collectors"),
});

/** How a stage tells its figures. */
export const metricsVariables = z.object({
  LOG_METRICS_SECONDS: integer(0, 3600)
    .default(0)
    .describe("How often the stage logs its figures, for collectors of log lines; 0: not at all"),
});
