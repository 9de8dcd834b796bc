import { alignedColumns } from "../aligned-columns.ts";

/** What a broker refused, as one line of its authorizer's log tells it. */
export interface Denial {
  /** As the log writes it. */
  readonly time: string;
  readonly user: string;
  /** `READ`, `DESCRIBE`, …; `SIGN_IN` where a user or its password is wrong. */
  readonly operation: string;
  /** `Topic`, `Group`, `Cluster`, `TransactionalId`. */
  readonly resource: string;
  readonly name: string;
  readonly host: string;
}

/** Denials of one user, operation and resource. */
export interface DenialCount extends Omit<Denial, "time" | "host"> {
  readonly count: number;
  readonly first: string;
  readonly last: string;
  readonly hosts: readonly string[];
}

const refusal =
  /Principal = User:(\S*) is Denied operation = (\S+) from host = (\S+) on resource = (\w+):[A-Z]+:(.*?) for request = /;
// Of somebody who could not sign in the broker does not say who it claimed to be.
const failedSignIn = /Failed authentication with \/(\S+) \(/;
// Each broker writes its log lines in its own way, but all begin them with a time.
const timeOf = /\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?Z?/;

/** Null for a line that tells of something else. */
export function parseDenial(line: string): Denial | null {
  const time = timeOf.exec(line)?.[0] ?? "";
  const stranger = failedSignIn.exec(line)?.[1];
  if (stranger !== undefined) {
    return { time, user: "(unknown)", operation: "SIGN_IN", resource: "Listener", name: "", host: stranger };
  }
  const [, user, operation, host, resource, name] = refusal.exec(line) ?? [];
  if (user === undefined || operation === undefined || host === undefined) return null;
  return { time, user, operation, host, resource: resource ?? "", name: name ?? "" };
}

/** Counts denials as they come, one line for each user, operation and resource; bounded, since users choose the names that they ask for. */
export class DenialCounter {
  readonly #counts = new Map<string, DenialCount>();
  /** Denials that found no place. */
  left = 0;

  add({ time, host, ...denial }: Denial): void {
    const key = JSON.stringify(denial);
    const known = this.#counts.get(key);
    if (known === undefined && this.#counts.size >= rowsMax) {
      this.left++;
      return;
    }
    const hosts = known?.hosts ?? [];
    this.#counts.set(key, {
      ...denial,
      count: (known?.count ?? 0) + 1,
      first: known?.first ?? time,
      last: time,
      hosts: hosts.includes(host) || hosts.length >= hostsMax ? hosts : [...hosts, host],
    });
  }

  /** By user, then the most frequent first. */
  counts(): readonly DenialCount[] {
    return [...this.#counts.values()].toSorted((a, b) => a.user.localeCompare(b.user) || b.count - a.count);
  }
}

const rowsMax = 10_000;
const hostsMax = 10;

/** A table for people. */
export function denialText(counts: readonly DenialCount[]): string {
  if (counts.length === 0) return "Nothing was denied.\n";
  const rows = counts.map(({ user, operation, resource, name, count, first, last, hosts }) => [
    ...[user, operation, `${resource} ${name}`.trimEnd(), String(count), first, last, hosts.join(" ")],
  ]);
  const head = ["user", "operation", "resource", "count", "first", "last", "from"];
  return `${alignedColumns([head, ...rows], head.length).join("\n")}\n`;
}
