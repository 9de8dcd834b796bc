import { randomUUID } from "node:crypto";
import { alignedColumns } from "../../domain/aligned-columns.ts";
import { attemptsOf, attemptText, type ExpectedAttempt } from "../../domain/entitlements/attempts.ts";
import type { DesiredState, DesiredUser } from "../../domain/entitlements/desired-state.ts";
import { identitiesInUse } from "../../domain/entitlements/difference.ts";
import type { InForce } from "../../domain/entitlements/in-force.ts";
import { PipelineError } from "../../domain/errors.ts";
import type { AccessProbe } from "../../runtime/kafka/access-probe.ts";
import { type Credentials, storedCredentials } from "../../runtime/secrets/secret-store.ts";
import type { Target } from "./read-in-force.ts";

export interface CheckTarget extends Target {
  readonly probe: (credentials: Credentials) => AccessProbe;
  /** Topics that are nobody's product and no stage's: Kafka's own, and those of the tools around it. `InForce` leaves them out. */
  readonly internalTopics: () => Promise<readonly string[]>;
}

/** How the attempts of one kind went for one Kafka user. */
export interface CheckLine {
  readonly user: string;
  readonly title: string;
  readonly expected: "allowed" | "refused";
  readonly tried: number;
  /** What went otherwise, as sentences. */
  readonly wrong: readonly string[];
}

/** Tries for every user what it may and may not do. Users are tried one after another, as what they can sign in with now. */
export async function checkUsers(
  desired: DesiredState,
  inForce: InForce,
  target: CheckTarget,
): Promise<readonly CheckLine[]> {
  const lines: CheckLine[] = [];
  const topics = [...inForce.topics.keys(), ...(await target.internalTopics())];
  for (const user of desired.users) {
    const { active, other, otherIsGood } = identitiesInUse(user, inForce);
    const secrets = [
      { username: active.username, secret: user.clientSecret },
      ...(otherIsGood ? [{ username: other.username, secret: other.secret }] : []),
    ];
    for (const { username, secret } of secrets) {
      const credentials = await storedCredentials(target.secrets, secret);
      const attempts = attemptsFor(user, desired, topics, target.prefix);
      if (credentials === null) lines.push(...unreadable(username, secret));
      else lines.push(...(await checkIdentity(username, attempts, target.probe(credentials))));
    }
  }
  return lines;
}

function attemptsFor(user: DesiredUser, desired: DesiredState, topics: readonly string[], prefix: string) {
  return attemptsOf(user, desired, { prefix, topics, nonce: randomUUID().slice(0, 8) });
}

function unreadable(user: string, secret: string): readonly CheckLine[] {
  return [{ user, title: "sign in", expected: "allowed", tried: 0, wrong: [`has no password in ${secret}`] }];
}

async function checkIdentity(
  user: string,
  attempts: readonly ExpectedAttempt[],
  probe: AccessProbe,
): Promise<readonly CheckLine[]> {
  const lines: CheckLine[] = [];
  try {
    for (const [title, group] of Map.groupBy(attempts, (each) => each.title)) {
      const wrong: string[] = [];
      for (const each of group) wrong.push(...(await outcome(each, probe)));
      lines.push({ user, title, expected: group[0]?.expected ?? "refused", tried: group.length, wrong });
      // Who cannot sign in can try nothing else.
      if (title === "sign in" && wrong.length > 0) break;
    }
  } finally {
    probe.close();
  }
  return lines;
}

async function outcome({ attempt, expected }: ExpectedAttempt, probe: AccessProbe): Promise<readonly string[]> {
  const what = attemptText(attempt);
  try {
    const came = await probe.attempt(attempt);
    if (came === expected) return [];
    return [came === "allowed" ? `can ${what}` : `cannot ${what}`];
  } catch (error) {
    if (!(error instanceof PipelineError) || error.code === "kafkaUnreachable") throw error;
    return [`could not try to ${what}: ${error.message}`];
  }
}

/** The report for people: a line for each user and kind of attempt, and every wrong outcome. */
export function checkText(lines: readonly CheckLine[]): string {
  const rows = lines.map(({ user, title, expected, tried, wrong }) => [
    ...[user, title, expected, String(tried), String(wrong.length)],
  ]);
  const table = alignedColumns([["user", "tried to", "must be", "tried", "wrong"], ...rows], 3);
  const faults = lines.flatMap(({ user, wrong }) => wrong.map((what) => `WRONG ${user} ${what}`));
  const tried = lines.reduce((sum, line) => sum + line.tried, 0);
  const users = new Set(lines.map(({ user }) => user)).size;
  const end = `${users} ${users === 1 ? "user" : "users"}, ${tried} attempts, ${faults.length === 0 ? "all as they must be" : `${faults.length} wrong`}`;
  return [...table, ...faults, end].map((line) => `${line}\n`).join("");
}
