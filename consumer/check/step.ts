/** What one look at the way to the feed has found. */
export interface CheckResult {
  /** What was looked at: `tcp b-1.example:14001`. */
  readonly step: string;
  readonly outcome: "ok" | "warning" | "failed" | "skipped";
  /** What was found, in a few words. */
  readonly found: string;
  /** What to mend, where something is to be mended: sentences, each an instruction. */
  readonly remedy?: readonly string[];
}

/** Where a broker listens. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

export function endpointText({ host, port }: Endpoint): string {
  return `${host}:${port}`;
}

/** "host:port" as a broker is named in `KAFKA_BROKERS`. */
export function endpointOf(broker: string): Endpoint {
  const at = broker.lastIndexOf(":");
  return { host: broker.slice(0, at), port: Number(broker.slice(at + 1)) };
}
