import type { UnitCommand, UnitEvent } from "../../enricher/unit/unit-protocol.ts";
import { follows, markedTimeoutMs, takeoverStep } from "../../runtime/kafka/takeover-step.ts";
import type { TopicPartition } from "../../runtime/kafka/types.ts";
import { SimFault, tryAgain } from "./sim-broker.ts";
import { type SimMachine, SimProcess } from "./sim-process.ts";

const plainMs = 60_000;

/** A unit at work in an instance, and its sender. */
export interface SimUnit {
  readonly unit: number;
  readonly machine: SimMachine;
  epoch: number | null;
  /** Sends are made one after the other, as a producer keeps its order. */
  readonly sendQueue: Extract<UnitCommand, { type: "send" }>[];
  /** Told of each send that is acknowledged while a commit waits for them. */
  onSent: (() => void) | null;
  /** What is open before there is anything in it; null where nothing is. */
  ahead: OpenAhead | null;
  readonly isBehind: Set<number>;
  /** What the fetches that go on belong to; null where none may. */
  feeding: { readonly attempt: number } | null;
  isStopped: boolean;
  /** It was told that another holds its transactional id. */
  isFenced: boolean;
}

/** A transaction that the coordinator is told of before there is anything in it. */
export interface OpenAhead {
  readonly epoch: number;
  isTold: boolean;
  isUsed: boolean;
  /** Nothing came, and it is being ended: what comes now waits for that. */
  isEnding: boolean;
}

/** How a process takes the transactional ids of its units over, and sees their transactions to their end. */
export abstract class SimHolder extends SimProcess {
  protected abstract tell(unit: SimUnit, event: UnitEvent): void;
  /** What waits for the coordinator can go on. */
  protected abstract goOn(unit: SimUnit): void;

  /** As `transaction-takeover.ts` does it, by the same steps. */
  protected initialise(unit: SimUnit, attempt: number): void {
    const { broker } = this.cluster;
    const id = idOf(unit);
    const lookAgain = () => {
      this.after(1, () => this.initialise(unit, attempt));
      return null;
    };
    this.request(
      unit,
      attempt,
      () => broker.describe(id),
      (known) => {
        const step = takeoverStep(known);
        if (step.type === "begin") this.take(unit, attempt, plainMs, null);
        else if (step.type === "finish") {
          this.finish(unit, attempt, step.holder.producerEpoch, lookAgain);
        } else if (step.type === "fence") {
          this.request(unit, attempt, () => once(broker.initialise(id, plainMs, null)), lookAgain);
        } else if (step.type === "endAgain") {
          const { commits, found } = step;
          const timeoutMs = commits ? markedTimeoutMs(found.producerEpoch) : plainMs;
          this.request(
            unit,
            attempt,
            () => once(broker.initialise(id, timeoutMs, null)),
            (epoch) => {
              if (epoch === null || (commits && !follows(found, { ...found, producerEpoch: epoch })))
                return lookAgain();
              this.endAgain(unit, attempt, epoch, commits, (isStable) => {
                if (!isStable) lookAgain();
                else if (commits) this.take(unit, attempt, plainMs, epoch);
                else this.#begin(unit, attempt, epoch);
              });
              return null;
            },
          );
        } else lookAgain();
        return null;
      },
    );
  }

  /** The second end of a commit that was found open: whoever is quicker, it is looked at again. */
  protected finish(unit: SimUnit, attempt: number, epoch: number, lookAgain: () => void): void {
    this.endAgain(unit, attempt, epoch, true, lookAgain, lookAgain);
  }

  /** Initialises, and begins. */
  protected take(unit: SimUnit, attempt: number, timeoutMs: number, current: number | null): void {
    const begin = (epoch: number) => this.#begin(unit, attempt, epoch);
    if (current !== null) this.#renew(unit, attempt, timeoutMs, current, begin);
    else this.#initialise(unit, attempt, timeoutMs, current, begin);
  }

  /** Initialises as the present holder: where another's transaction is open that would abort it. */
  #renew(unit: SimUnit, attempt: number, timeoutMs: number, current: number, onRenewed: (epoch: number) => void): void {
    this.request(
      unit,
      attempt,
      () => {
        const { broker } = this.cluster;
        const known = broker.describe(idOf(unit));
        if (known?.state !== "Ongoing") return "done";
        if (known.producerEpoch !== current) throw new SimFault("fenced", "another's transaction is open");
        broker.end(idOf(unit), current, "committed", 0);
        return "done";
      },
      nothing(() => this.#initialise(unit, attempt, timeoutMs, current, onRenewed)),
    );
  }

  #initialise(
    unit: SimUnit,
    attempt: number,
    timeoutMs: number,
    current: number | null,
    onInitialised: (epoch: number) => void,
  ): void {
    this.request(
      unit,
      attempt,
      () => this.cluster.broker.initialise(idOf(unit), timeoutMs, current),
      nothing(onInitialised),
    );
  }

  #begin(unit: SimUnit, attempt: number, epoch: number): void {
    unit.epoch = epoch;
    unit.sendQueue.length = 0;
    unit.onSent = null;
    unit.ahead = null;
    this.tell(unit, { type: "initialised", attempt });
  }

  /** Ends a transaction of nothing on all that the unit may have touched, and tells whether its offsets are stable then. */
  protected endAgain(
    unit: SimUnit,
    attempt: number,
    epoch: number,
    commits: boolean,
    onEnded: (isStable: boolean) => void,
    onFailed: ((fault: SimFault) => void) | null = null,
  ): void {
    const { broker, partitionsOf } = this.cluster;
    const partitions = partitionsOf(unit.unit);
    const probe = commits ? null : (partitions[0] ?? null);
    const steps: (() => unknown)[] = [
      () => broker.addTargets(idOf(unit), epoch, this.#targetsOf(unit)),
      () => broker.addGroup(idOf(unit), epoch, probe),
      () => broker.end(idOf(unit), epoch, commits ? "committed" : "aborted", 0),
    ];
    const isStable = () => broker.isStable(partitions);
    const next = (): void => {
      const step = steps.shift();
      if (onFailed !== null) {
        if (step !== undefined) this.attemptOnce(step, next, onFailed);
        else this.attemptOnce(isStable, onEnded, onFailed);
      } else if (step !== undefined) this.request(unit, attempt, step, nothing(next));
      else this.request(unit, attempt, isStable, nothing(onEnded));
    };
    next();
  }

  /** As `settled-commit.ts` does it: sees the end of a commit, or writes it again. */
  protected settle(unit: SimUnit, attempt: number, epoch: number, isMarked: boolean, starts: number): void {
    const { broker, partitionsOf } = this.cluster;
    this.request(
      unit,
      attempt,
      () => broker.isStable(partitionsOf(unit.unit)),
      (isStable) => {
        const goOn = (held: number) => {
          unit.epoch = held;
          this.tell(unit, { type: "committed", attempt });
          this.foresee(unit, attempt, held);
        };
        const { starts: startsNow } = broker;
        // What is ended again is not for a discard to abort.
        unit.epoch = null;
        if (!isStable || startsNow !== starts) {
          this.#renew(unit, attempt, markedTimeoutMs(epoch), epoch, (renewed) =>
            this.endAgain(unit, attempt, renewed, true, () => this.settle(unit, attempt, renewed, true, startsNow)),
          );
        } else if (isMarked) this.#renew(unit, attempt, plainMs, epoch, goOn);
        else goOn(epoch);
        return null;
      },
    );
  }

  /** As `TransactionalProducer` does it: opens the next transaction where nothing waits for it yet. */
  protected foresee(unit: SimUnit, attempt: number, epoch: number): void {
    const { broker, plan, world } = this.cluster;
    const isFree = unit.epoch === epoch && unit.sendQueue.length === 0 && unit.onSent === null;
    if (!isFree || !world.random.chance(plan.openAhead)) return;
    const ahead: OpenAhead = { epoch, isTold: false, isUsed: false, isEnding: false };
    unit.ahead = ahead;
    const targets = this.#targetsOf(unit).filter(() => world.random.chance(0.5));
    let left = 2;
    const told = () => {
      left--;
      if (unit.ahead !== ahead || left > 0) return;
      ahead.isTold = true;
      this.goOn(unit);
      this.after(world.random.between(1, 60), () => this.#endUnused(unit, attempt, ahead));
    };
    this.request(unit, attempt, () => broker.addTargets(idOf(unit), epoch, targets), nothing(told));
    this.request(unit, attempt, () => broker.addGroup(idOf(unit), epoch, null), nothing(told));
  }

  /** Before the broker does, which would refuse its holder from then on. */
  #endUnused(unit: SimUnit, attempt: number, ahead: OpenAhead): void {
    if (!this.isUnused(unit, ahead)) return;
    ahead.isEnding = true;
    this.request(
      unit,
      attempt,
      () => this.cluster.broker.end(idOf(unit), ahead.epoch, "committed", 0),
      nothing(() => {
        if (unit.ahead !== ahead) return;
        unit.ahead = null;
        this.goOn(unit);
      }),
    );
  }

  protected isUnused(unit: SimUnit, ahead: OpenAhead): boolean {
    return unit.ahead === ahead && !ahead.isUsed;
  }

  #targetsOf({ unit }: SimUnit): readonly TopicPartition[] {
    const { writtenTopics, partitionsOf } = this.cluster;
    return writtenTopics.flatMap((topic) => partitionsOf(unit).map((partition) => ({ topic, partition })));
  }

  protected request<T>(
    unit: SimUnit,
    attempt: number,
    apply: () => T | typeof tryAgain,
    answer: (result: T) => UnitEvent | null,
  ): void {
    this.attemptOnce(
      apply,
      (result) => {
        const event = answer(result);
        if (event !== null) this.tell(unit, event);
      },
      (fault) => {
        // A sender tells its first fault alone.
        if (fault.fault === "fenced" && unit.machine.attempt === attempt) unit.isFenced = true;
        this.tell(unit, { type: "failed", attempt, fault: fault.fault, error: fault });
      },
    );
  }
}

export function idOf({ unit }: SimUnit): string {
  return `unit-${unit}`;
}

/** An answer of which the machine is told nothing. */
function nothing<T>(run: (result: T) => void): (result: T) => null {
  return (result) => {
    run(result);
    return null;
  };
}

/** One answer: null where it would be to ask again. */
function once(answer: number | typeof tryAgain): number | null {
  return answer === tryAgain ? null : answer;
}
