import type { UnitMachine } from "../../enricher/unit/unit-machine.ts";
import type { FaultPlan } from "./fault-plan.ts";
import { type SimBroker, SimFault, tryAgain } from "./sim-broker.ts";
import type { SimGroup } from "./sim-group.ts";
import type { World } from "./world.ts";

/** A machine whatever its state is made of. */
export type SimMachine = Pick<UnitMachine<unknown>, "start" | "handle" | "received" | "attempt">;

/** What every instance of a history shares. */
export interface SimCluster {
  readonly world: World;
  readonly broker: SimBroker;
  readonly group: SimGroup;
  readonly plan: FaultPlan;
  readonly stateTopic: string;
  /** The topics that units write to. */
  readonly writtenTopics: readonly string[];
  readonly partitionsOf: (unit: number) => readonly number[];
  readonly machine: (partitions: readonly number[]) => SimMachine;
  /** What the log and its snapshots still give of a partition's state. */
  readonly kept: (partition: number) => "all" | "part" | "nothing";
  /** Requests that the broker has not dealt with, of whoever. */
  inFlight: number;
  readonly failures: string[];
  readonly told: Told;
}

/** What units said that they cannot do right, for the log and its snapshots are gone. */
export interface Told {
  /** Units that stopped: none of their state can be rebuilt. */
  readonly stops: Set<number>;
  /** Partitions whose unit went on, and lacks records that came after their snapshot. */
  readonly losses: Set<number>;
}

const patienceMs = 500;

/** A process and its network: it can crash, and be paused and go on as a zombie; its requests get lost, and come late. */
export class SimProcess {
  readonly name: string;
  protected readonly cluster: SimCluster;
  #pausedUntilMs = 0;
  isAlive = true;

  constructor(name: string, cluster: SimCluster) {
    this.name = name;
    this.cluster = cluster;
  }

  crash(): void {
    this.isAlive = false;
  }

  pause(ms: number): void {
    this.#pausedUntilMs = this.cluster.world.nowMs + ms;
  }

  /** One request: it reaches the broker and is answered; or the answer is lost; or it comes when nobody waits any more; or never. */
  protected attemptOnce<T>(
    apply: () => T | typeof tryAgain,
    answered: (result: T) => void,
    failed: (fault: SimFault) => void,
  ): void {
    const { world, plan } = this.cluster;
    const { random } = world;
    const draw = world.hasFaults ? random.uniform() : 1;
    const timeout = () => failed(new SimFault("unknown", "timed out"));
    const timeoutMs = random.between(20, 40);
    if (draw < plan.lostRequest) {
      this.after(timeoutMs, timeout);
      return;
    }
    const isUnheard = draw < plan.lostRequest + plan.lateRequest + plan.lostAnswer;
    const isLate = isUnheard && draw < plan.lostRequest + plan.lateRequest;
    if (isUnheard) this.after(timeoutMs, timeout);
    const reply = isUnheard ? () => {} : (run: () => void) => this.after(random.uniform() * 3, run);
    this.cluster.inFlight++;
    const { broker } = this.cluster;
    const { starts } = broker;
    // A connection ends with the broker, and what is still on it.
    const applied = () => {
      if (broker.starts !== starts) throw new SimFault("unknown", "the broker was stopped");
      return apply();
    };
    this.#arrive(isLate ? timeoutMs + random.between(0, 80) : random.uniform() * 3, applied, answered, failed, reply);
  }

  /** What the broker is too busy for is asked again, as long as `patienceMs`. */
  #arrive<T>(
    delayMs: number,
    apply: () => T | typeof tryAgain,
    answered: (result: T) => void,
    failed: (fault: SimFault) => void,
    reply: (run: () => void) => void,
    lastMs = this.cluster.world.nowMs + patienceMs,
  ): void {
    const { world } = this.cluster;
    world.later(delayMs, () => {
      try {
        const result = apply();
        if (result === tryAgain && world.nowMs < lastMs) {
          this.#arrive(1 + world.random.uniform(), apply, answered, failed, reply, lastMs);
          return;
        }
        if (result === tryAgain) reply(() => failed(new SimFault("unknown", "the broker was busy for too long")));
        else reply(() => answered(result));
      } catch (error) {
        if (!(error instanceof SimFault)) throw error;
        reply(() => failed(error));
      }
      this.cluster.inFlight--;
    });
  }

  protected after(delayMs: number, run: () => void): void {
    this.cluster.world.later(delayMs, () => this.whenAwake(run));
  }

  protected whenAwake(run: () => void): void {
    if (!this.isAlive) return;
    const { world } = this.cluster;
    if (world.hasFaults && world.nowMs < this.#pausedUntilMs)
      world.later(this.#pausedUntilMs - world.nowMs, () => this.whenAwake(run));
    else run();
  }
}
