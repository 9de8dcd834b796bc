import type { PartitionFold } from "../../enricher/unit/partition-fold.ts";
import { UnitMachine } from "../../enricher/unit/unit-machine.ts";
import type { UnitOptions } from "../../enricher/unit/unit-options.ts";
import type { Random } from "../../local/simulator/random.ts";
import { faultsOf, hasStopped, isAtEnd, logId, outputTopics, readerOf, stateTopic, whatIsKept } from "./claims.ts";
import { type FaultPlan, randomFaultPlan } from "./fault-plan.ts";
import { SimBroker } from "./sim-broker.ts";
import { SimGroup } from "./sim-group.ts";
import { SimInstance } from "./sim-instance.ts";
import type { SimCluster, SimMachine } from "./sim-process.ts";
import { World } from "./world.ts";

/** What is folded in a history, and by which runner. */
export interface Scenario<State> {
  readonly fold: PartitionFold<State>;
  /** The values of one partition of the raw log, in order. */
  readonly texts: (random: Random, count: number) => readonly string[];
  /** Which faults are likelier than elsewhere. */
  readonly faults?: Partial<FaultPlan>;
  /** The machine of one unit; the planted bugs bring their own. */
  readonly machine?: (options: UnitOptions<State>) => SimMachine;
  /** A shell that does its work wrong; the planted bugs bring it. */
  readonly shell?: (name: string, cluster: SimCluster) => SimInstance;
}

export interface HistoryResult {
  /** What was wrong at its end; none where all was right. */
  readonly failures: readonly string[];
  readonly steps: number;
}

const faultySteps = { min: 200, max: 900 };
const stepsMax = 40_000;
/** Once faults have ended; before, transactions are timed out at any moment. */
const transactionTimeoutMs = 500;

/**
 * One history: instances fold a log that grows, while everything goes wrong that may; then faults stop, and all runs to the end. What was published must
 * equal the pure fold of the log, and committed offsets the log's end.
 */
export function runHistory<State>(
  seed: number,
  scenario: Scenario<State>,
  trace: ((line: string) => void) | null = null,
): HistoryResult {
  const world = new World(seed, trace);
  const { random } = world;
  const partitionsPerUnit = random.between(1, 3);
  const units = random.between(1, 3);
  const plan = { ...randomFaultPlan(random), ...scenario.faults };
  const broker = new SimBroker(world, partitionsPerUnit * units, plan.loseMarkers);
  const group = new SimGroup(world, units);
  if (random.chance(0.5)) broker.accepts = (membership) => group.accepts(membership);
  const cluster: SimCluster = {
    world,
    broker,
    group,
    plan,
    stateTopic,
    writtenTopics: [...outputTopics, stateTopic],
    partitionsOf: (unit) => Array.from({ length: partitionsPerUnit }, (_, at) => unit * partitionsPerUnit + at),
    machine: machineMaker(world, scenario),
    kept: (partition) => whatIsKept(broker, scenario.fold, partition),
    inFlight: 0,
    failures: [],
    told: { stops: new Set(), losses: new Set() },
  };
  trace?.(JSON.stringify(cluster.plan));
  const instances = new Instances(cluster, scenario);
  for (let count = random.between(1, 3); count > 0; count--) instances.add();
  growLog(cluster, scenario);
  bringFaults(cluster, instances, scenario.fold);

  const faultyUntil = random.between(faultySteps.min, faultySteps.max);
  while (world.steps < faultyUntil && world.step());
  world.trace("faults end");
  world.hasFaults = false;
  instances.settle();
  timeOut(world, broker);
  const isDone = () =>
    cluster.inFlight === 0 &&
    !broker.isBusy &&
    broker.raw.every((_, partition) => hasStopped(cluster, partition) || isAtEnd(broker, partition));
  // Whoever still holds something back shows it in the steps after.
  for (let calm = 0; calm < 100 && world.steps < stepsMax && cluster.failures.length === 0; ) {
    if (!world.step()) break;
    calm = isDone() ? calm + 1 : 0;
  }
  const failures = [...cluster.failures, ...faultsOf(cluster, scenario.fold)];
  if (!isDone() && failures.length === 0) failures.push("it never came to rest");
  return { failures, steps: world.steps };
}

/** What nobody ends any more is ended by the broker. */
function timeOut(world: World, broker: SimBroker): void {
  broker.endOldTransactions(transactionTimeoutMs);
  world.later(transactionTimeoutMs / 5, () => timeOut(world, broker));
}

function machineMaker<State>(world: World, { fold, machine }: Scenario<State>) {
  const { random } = world;
  const bounds = { ms: random.between(1, 30), records: random.between(3, 60), bytes: random.between(50, 2000) };
  const snapshots = { records: random.between(3, 60), ms: random.between(5, 200) };
  const turnRecords = random.between(1, 12);
  const clock = { nowMicros: () => Math.round(world.nowMs * 1000) };
  return (partitions: readonly number[]): SimMachine => {
    const of = { partitions, fold, logId, groupId: "enricher", rawTopic: "raw", stateTopic };
    const options = { ...of, bounds, snapshots, acceptsLostState: false, turnRecords, clock };
    return machine?.(options) ?? new UnitMachine(options);
  };
}

function growLog<State>({ world, broker }: SimCluster, scenario: Scenario<State>): void {
  const { random } = world;
  for (const [partition, log] of broker.raw.entries()) {
    const texts = scenario.texts(random, random.between(0, 250));
    let sent = 0;
    const grow = () => {
      for (let count = random.between(1, 30); count > 0 && sent < texts.length; count--) {
        // Offsets may be left out: markers take some.
        const offset = broker.rawEnd(partition) + (random.chance(0.1) ? 1 : 0);
        log.push({ offset, key: null, value: Buffer.from(texts[sent++] ?? ""), headers: {}, timestampMs: 0 });
      }
      if (sent < texts.length) world.later(random.between(1, 80), grow);
    };
    grow();
  }
}

/** The processes of a history, those that are gone included. */
class Instances {
  readonly #cluster: SimCluster;
  readonly #make: (name: string, cluster: SimCluster) => SimInstance;
  #all: SimInstance[] = [];
  #made = 0;

  constructor(cluster: SimCluster, { shell }: Pick<Scenario<never>, "shell">) {
    this.#cluster = cluster;
    this.#make = shell ?? ((name, all) => new SimInstance(name, all));
  }

  get alive(): readonly SimInstance[] {
    return this.#all;
  }

  add(): void {
    const instance = this.#make(`i${this.#made++}`, this.#cluster);
    this.#all.push(instance);
    this.#cluster.group.join(instance);
  }

  remove(instance: SimInstance): void {
    this.#all = this.#all.filter((other) => other !== instance);
  }

  settle(): void {
    if (this.#all.length === 0) this.add();
    for (const instance of this.#all) if (!this.#cluster.group.has(instance.name)) this.#cluster.group.join(instance);
    this.#cluster.group.rebalance();
  }
}

function bringFaults<State>(cluster: SimCluster, instances: Instances, fold: PartitionFold<State>): void {
  const { world, plan, group, broker } = cluster;
  const { random } = world;
  const next = () => {
    if (!world.hasFaults) return;
    const victim = instances.alive.length === 0 ? null : random.pick(instances.alive);
    if (victim !== null && random.chance(plan.crash)) {
      world.trace(`${victim.name}: crashes`);
      victim.crash();
      instances.remove(victim);
      world.later(random.between(0, 60), () => group.leave(victim));
    } else if (victim !== null && random.chance(plan.pause)) {
      const pauseMs = random.between(5, 250);
      world.trace(`${victim.name}: paused for ${pauseMs}`);
      victim.pause(pauseMs);
      if (pauseMs > 50) world.later(random.between(20, 50), () => group.expel(victim));
    } else if (victim !== null && random.chance(plan.leave)) {
      world.trace(`${victim.name}: leaves`);
      victim.leave();
      instances.remove(victim);
    }
    if (instances.alive.length < 4 && (random.chance(plan.join) || instances.alive.length === 0)) instances.add();
    if (random.chance(plan.rebalance)) group.rebalance();
    if (random.chance(plan.endOldTransactions)) broker.endOldTransactions(60);
    harmSnapshots(cluster);
    if (random.chance(plan.letGo)) letGo(cluster, fold);
    world.later(random.between(5, 60), next);
  };
  next();
}

function harmSnapshots({ world, plan, broker }: SimCluster): void {
  const { random } = world;
  const partition = random.between(0, broker.raw.length - 1);
  const entries = broker.partition(stateTopic, partition);
  if (random.chance(plan.loseSnapshots)) {
    world.trace(`state topic: partition ${partition} loses records`);
    entries.splice(random.chance(0.5) ? 0 : random.between(0, entries.length), entries.length);
  }
  if (random.chance(plan.spoilSnapshot) && entries.length > 0) {
    const at = random.between(0, entries.length - 1);
    const entry = entries[at];
    const spoilt = random.pick(["", "{", '{"version":0,"logId":"the-log","offset":1,"state":{}}', "null"]);
    world.trace(`state topic: partition ${partition} has a spoilt record`);
    if (entry !== undefined) entries[at] = { ...entry, record: { ...entry.record, value: spoilt } };
  }
  if (random.chance(plan.compact)) {
    const firstOpen = entries.findIndex(({ outcome }) => outcome === "open");
    const end = firstOpen < 0 ? entries.length : firstOpen;
    const settled = entries.slice(0, end).filter(({ outcome }) => outcome === "committed");
    const latest = new Map(settled.map((entry) => [String(entry.record.key), entry]));
    entries.splice(0, end, ...settled.filter((entry) => latest.get(String(entry.record.key)) === entry));
  }
}

/** The raw log loses its beginning, as far as a snapshot stands for it. */
function letGo<State>({ world, broker }: SimCluster, fold: PartitionFold<State>): void {
  for (const [partition, begin] of broker.begins.entries()) {
    const restored = readerOf(broker, fold, partition).restore(broker.committed.get(partition) ?? null);
    if (typeof restored === "string" || restored.offset <= begin) continue;
    const first = world.random.between(begin, restored.offset);
    broker.begins[partition] = first;
    world.trace(`raw log: partition ${partition} begins at ${first}`);
  }
}
