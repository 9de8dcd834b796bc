import type { UnitCommand, UnitEvent } from "../../enricher/unit/unit-protocol.ts";
import { follows, markedTimeoutMs, takeoverStep } from "../../runtime/kafka/takeover-step.ts";
import type { TopicPartition } from "../../runtime/kafka/types.ts";
import { tryAgain } from "./sim-broker.ts";
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
interface OpenAhead {
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
          const end = () => broker.end(id, step.holder.producerEpoch, "committed", 0);
          this.attemptOnce(end, lookAgain, lookAgain);
        } else if (step.type === "fence") {
          this.request(unit, attempt, () => once(broker.initialise(id, plainMs, null)), lookAgain);
        } else if (step.type === "endAgain") {
          const timeoutMs = step.commits ? markedTimeoutMs(step.found.producerEpoch) : plainMs;
          this.request(
            unit,
            attempt,
            () => once(broker.initialise(id, timeoutMs, null)),
            (epoch) => {
              if (epoch === null) return lookAgain();
              if (step.commits && !follows(step.found, { ...step.found, producerEpoch: epoch })) return lookAgain();
              this.#endAgain(unit, attempt, epoch, step.commits, (isStable) => {
                if (!isStable) lookAgain();
                else if (step.commits) this.take(unit, attempt, plainMs, epoch);
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

  /** Initialises, and begins. */
  protected take(unit: SimUnit, attempt: number, timeoutMs: number, current: number | null): void {
    this.request(
      unit,
      attempt,
      () => this.cluster.broker.initialise(idOf(unit), timeoutMs, current),
      (epoch) => {
        this.#begin(unit, attempt, epoch);
        return null;
      },
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
  #endAgain(
    unit: SimUnit,
    attempt: number,
    epoch: number,
    commits: boolean,
    onEnded: (isStable: boolean) => void,
  ): void {
    const { broker, partitionsOf } = this.cluster;
    const partitions = partitionsOf(unit.unit);
    const targets = this.#targetsOf(unit);
    const probe = commits ? null : (partitions[0] ?? null);
    const steps = [
      () => broker.addTargets(idOf(unit), epoch, targets, probe),
      () => broker.end(idOf(unit), epoch, commits ? "committed" : "aborted", 0),
    ];
    const next = (): null => {
      const step = steps.shift();
      if (step !== undefined) this.request(unit, attempt, step, next);
      else
        this.request(
          unit,
          attempt,
          () => broker.isStable(partitions),
          (isStable) => {
            onEnded(isStable);
            return null;
          },
        );
      return null;
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
        const renew = (timeoutMs: number, onRenewed: (renewed: number) => void) =>
          this.request(
            unit,
            attempt,
            () => broker.initialise(idOf(unit), timeoutMs, epoch),
            (renewed) => {
              onRenewed(renewed);
              return null;
            },
          );
        const { starts: startsNow } = broker;
        // What is ended again is not for a discard to abort.
        unit.epoch = null;
        if (!isStable || startsNow !== starts) {
          renew(markedTimeoutMs(epoch), (renewed) =>
            this.#endAgain(unit, attempt, renewed, true, () => this.settle(unit, attempt, renewed, true, startsNow)),
          );
        } else if (isMarked) renew(plainMs, goOn);
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
    this.request(
      unit,
      attempt,
      () => broker.addTargets(idOf(unit), epoch, targets, null),
      () => {
        if (unit.ahead !== ahead) return null;
        ahead.isTold = true;
        this.goOn(unit);
        this.after(world.random.between(1, 60), () => this.#endUnused(unit, attempt, ahead));
        return null;
      },
    );
  }

  /** Before the broker does, which would refuse its holder from then on. */
  #endUnused(unit: SimUnit, attempt: number, ahead: OpenAhead): void {
    if (unit.ahead !== ahead || ahead.isUsed || unit.epoch !== ahead.epoch) return;
    ahead.isEnding = true;
    this.request(
      unit,
      attempt,
      () => this.cluster.broker.end(idOf(unit), ahead.epoch, "committed", 0),
      () => {
        if (unit.ahead !== ahead) return null;
        unit.ahead = null;
        this.goOn(unit);
        return null;
      },
    );
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

/** One answer: null where it would be to ask again. */
function once(answer: number | typeof tryAgain): number | null {
  return answer === tryAgain ? null : answer;
}
