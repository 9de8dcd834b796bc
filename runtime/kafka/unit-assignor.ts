import { createHash } from "node:crypto";
import { ByteReader } from "./byte-reader.ts";
import { ByteWriter } from "./byte-writer.ts";

/** More partitions than a topic of ours will have: enough to tell one way of forming units from another. */
const comparedPartitions = 1024;

/** What a member had in the generation that it comes from. */
export interface UnitClaim {
  readonly generationId: number;
  readonly units: readonly number[];
}

/**
 * The name under which a group deals by unit. It tells the topics and the units apart, so that Kafka itself refuses a member that would
 * split another's unit.
 */
export function unitProtocolName(topics: readonly string[], unitOf: (partition: number) => number): string {
  const units = Array.from({ length: comparedPartitions }, (_, partition) => unitOf(partition));
  const digest = createHash("sha256").update(JSON.stringify([[...topics].sort(), units]));
  return `bellwether-units-${digest.digest("hex").slice(0, 12)}`;
}

/** A claim as the bytes that a member's subscription may carry for its assignor. */
export function encodeClaim({ generationId, units }: UnitClaim): Buffer {
  const writer = new ByteWriter().int32(generationId).int32(units.length);
  for (const unit of units) writer.int32(unit);
  return writer.encoded().buffer;
}

/** Nothing claimed where there are no bytes: a new member. */
export function decodeClaim(bytes: Buffer): UnitClaim {
  if (bytes.length < 8) return { generationId: -1, units: [] };
  const reader = new ByteReader(bytes);
  const generationId = reader.int32();
  return { generationId, units: reader.array((item) => item.int32()) };
}

/**
 * Deals units to members: none has two more than another, and a member keeps what it had as far as that allows, because a unit that moves
 * must be recovered. Of two that claim a unit the later generation is right.
 */
export function dealUnits(
  claims: ReadonlyMap<string, UnitClaim>,
  units: readonly number[],
): ReadonlyMap<string, readonly number[]> {
  const members = [...claims.keys()].sort();
  const dealt = new Map<string, number[]>(members.map((member) => [member, []]));
  if (members.length === 0) return dealt;
  const owned = ownedUnits(claims, members, new Set(units));
  const fair = Math.floor(units.length / members.length);
  let oneMore = units.length % members.length;
  for (const [member, claimed] of owned) {
    const kept = claimed.length > fair && oneMore > 0 ? fair + 1 : fair;
    if (kept > fair) oneMore--;
    dealt.set(member, claimed.slice(0, kept));
  }
  const taken = new Set([...dealt.values()].flat());
  for (const unit of [...units].sort((a, b) => a - b)) {
    if (!taken.has(unit)) leastLoaded(dealt).push(unit);
  }
  return dealt;
}

/** Every member's own units, ascending: those that nobody has a later claim to. */
function ownedUnits(claims: ReadonlyMap<string, UnitClaim>, members: readonly string[], units: ReadonlySet<number>) {
  const owners = new Map<number, { readonly member: string; readonly generationId: number }>();
  for (const member of members) {
    const { generationId, units: claimed } = claims.get(member) ?? { generationId: -1, units: [] };
    for (const unit of claimed) {
      const known = owners.get(unit)?.generationId ?? -1;
      if (units.has(unit) && generationId > known) owners.set(unit, { member, generationId });
    }
  }
  return members.map((member): [string, number[]] => {
    const own = [...owners].filter(([, owner]) => owner.member === member).map(([unit]) => unit);
    return [member, own.sort((a, b) => a - b)];
  });
}

function leastLoaded(dealt: ReadonlyMap<string, number[]>): number[] {
  return [...dealt.values()].reduce((least, units) => (units.length < least.length ? units : least));
}
