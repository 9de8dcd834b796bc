import { SnapshotReader } from "../../enricher/snapshot/snapshot-reader.ts";
import type { FoldSink, PartitionFold } from "../../enricher/unit/partition-fold.ts";
import { PartitionWork } from "../../enricher/unit/partition-work.ts";
import { UnitMachine } from "../../enricher/unit/unit-machine.ts";
import type { UnitOptions } from "../../enricher/unit/unit-options.ts";
import type { CommittedPosition, UnitCommand, UnitEvent, UnitFault } from "../../enricher/unit/unit-protocol.ts";
import type { FaultPlan } from "./fault-plan.ts";
import type { Scenario } from "./history.ts";
import { smallScenario } from "./scenarios.ts";
import type { OpenAhead, SimUnit } from "./sim-holder.ts";
import { SimInstance } from "./sim-instance.ts";
import type { SmallState } from "./small-fold.ts";

type Command<Type> = Extract<UnitCommand, { type: Type }>;

/** The sender goes on in the transaction that failed, as if it had been aborted. */
class SkipsTheAbort extends SimInstance {
  protected override discard(unit: SimUnit, attempt: number): void {
    unit.sendQueue.length = 0;
    unit.onSent = null;
    unit.ahead = null;
    unit.feeding = null;
    this.after(1, () => this.tell(unit, { type: "discarded", attempt }));
  }

  protected override initialise(unit: SimUnit, attempt: number): void {
    if (unit.epoch === null) super.initialise(unit, attempt);
    else this.after(1, () => this.tell(unit, { type: "initialised", attempt }));
  }
}

/** Aborts, but keeps the sender: a request of the aborted transaction that comes late is taken for one of the next. */
class KeepsTheSender extends SkipsTheAbort {
  protected override discard(unit: SimUnit, attempt: number): void {
    const { epoch } = unit;
    if (epoch !== null) {
      this.attemptOnce(
        () => this.cluster.broker.end(`unit-${unit.unit}`, epoch, "aborted", 0),
        () => {},
        () => {},
      );
    }
    super.discard(unit, attempt);
  }
}

/** Ends the transaction that it opened ahead, whether or not something has come. */
class EndsWhatIsUsed extends SimInstance {
  protected override isUnused(unit: SimUnit, ahead: OpenAhead): boolean {
    return unit.ahead === ahead;
  }
}

/** Ends what another was about to end again, as far as that one has come. */
class FinishesAPart extends SimInstance {
  protected override finish(unit: SimUnit, _: number, epoch: number, lookAgain: () => void): void {
    this.attemptOnce(() => this.cluster.broker.end(`unit-${unit.unit}`, epoch, "committed", 0), lookAgain, lookAgain);
  }
}

/** Takes over as if the last transaction had an end wherever it is noted to have one. */
class TrustsTheCoordinator extends SimInstance {
  protected override initialise(unit: SimUnit, attempt: number): void {
    this.take(unit, attempt, 60_000, null);
  }
}

/** Offsets are committed by themselves, before the outputs that they stand for. */
class CommitsOffsetsEarly extends SimInstance {
  readonly #held = new Map<SimUnit, Command<"send">[]>();

  protected override send(unit: SimUnit, command: Command<"send">): void {
    this.#held.set(unit, [...(this.#held.get(unit) ?? []), command]);
  }

  protected override commit(unit: SimUnit, command: Command<"commit">): void {
    const { broker } = this.cluster;
    const held = this.#held.get(unit) ?? [];
    this.#held.delete(unit);
    this.request(
      unit,
      command.attempt,
      () => {
        for (const [partition, offset] of command.positions) broker.committed.set(partition, offset);
        return "done";
      },
      () => {
        const { epoch } = unit;
        this.attemptOnce(
          () => {
            if (epoch !== null) for (const { outbox } of held) broker.produce(`unit-${unit.unit}`, epoch, outbox);
            return "done";
          },
          () => super.commit(unit, command),
          (fault) => this.tell(unit, { type: "failed", attempt: command.attempt, fault: fault.fault, error: fault }),
        );
        return null;
      },
    );
  }
}

/** Ends the transaction once its offsets are acknowledged, though its outputs are not yet. */
class EndsBeforeAllIsSent extends SimInstance {
  protected override hasSent(): boolean {
    return true;
  }
}

/** Reads the committed offsets first, and initialises then: the old owner can still move them in between. */
class ReadsPositionsFirst<State> extends UnitMachine<State> {
  #positions: readonly CommittedPosition[] | null = null;

  protected override begin(): void {
    this.#positions = null;
    this.commands.add({ type: "readPositions" });
  }

  protected override onPositions(positions: readonly CommittedPosition[]): void {
    this.#positions = positions;
    this.commands.add({ type: "initialise" });
  }

  protected override onInitialised(): void {
    super.onPositions(this.#positions ?? []);
  }
}

/** Takes being fenced for a fault that passes: whoever has the unit now is fenced by it in turn. */
class InitialisesAfterFencing<State> extends UnitMachine<State> {
  protected override onFault(fault: UnitFault, error: Error): void {
    super.onFault(fault === "fenced" ? "unknown" : fault, error);
  }
}

/** Goes on without a word where neither the log nor a snapshot gives its state. */
class KeepsQuietAboutLoss<State> extends UnitMachine<State> {
  constructor(options: UnitOptions<State>) {
    super({ ...options, acceptsLostState: true });
  }

  override handle(event: UnitEvent): UnitCommand[] {
    return super.handle(event).map((command) => (command.type === "fetch" ? { ...command, losses: [] } : command));
  }
}

/** Folds again from the committed offset after an unknown outcome, on top of the state in memory. */
class ReusesItsState extends UnitMachine<SmallState> {
  readonly #live: Map<number, SmallState>;

  constructor(options: UnitOptions<SmallState>) {
    const live = new Map<number, SmallState>();
    super({ ...options, fold: remembering(options.fold, live) });
    this.#live = live;
  }

  protected override onPositions(positions: readonly CommittedPosition[]): void {
    if (positions.some(({ partition }) => !this.#live.has(partition))) {
      super.onPositions(positions);
      return;
    }
    const { fold, logId } = this.options;
    const works = positions.map(({ partition, committed, begin }) => {
      const work = new PartitionWork(
        partition,
        { ...fold, initial: () => this.#live.get(partition) ?? fold.initial() },
        logId,
        0,
      );
      work.restore(new SnapshotReader(fold.codec, logId), null, committed ?? begin);
      return work;
    });
    this.fetch(works);
  }
}

function remembering(fold: PartitionFold<SmallState>, live: Map<number, SmallState>): PartitionFold<SmallState> {
  return {
    ...fold,
    fold(state, partition, record, sink) {
      live.set(partition, state);
      fold.fold(state, partition, record, sink);
    },
  };
}

/** Forgets that a tick changes symbols that it does not name, so that snapshots lack them. */
const forgetful: PartitionFold<SmallState> = {
  ...smallScenario.fold,
  fold(state, partition, record, sink) {
    const isTick = record.value?.toString() === "tick";
    const other: FoldSink = { touched: new Set(), outbox: sink.outbox };
    smallScenario.fold.fold(state, partition, record, isTick ? other : sink);
  },
};

/** Takeovers that take long, of what a broker that was stopped has left. */
export const heldUp: Partial<FaultPlan> = {
  loseMarkers: 0.3,
  lateRequest: 0.1,
  lostAnswer: 0.1,
  pause: 0.5,
  rebalance: 0.3,
  crash: 0.1,
};

/** The ways to get it wrong that the simulation must find. */
export const plantedBugs: Readonly<Record<string, Scenario<SmallState>>> = {
  "skips the abort": { ...smallScenario, shell: (name, cluster) => new SkipsTheAbort(name, cluster) },
  "keeps the sender after an abort": { ...smallScenario, shell: (name, cluster) => new KeepsTheSender(name, cluster) },
  "takes over without ending again what came before": {
    ...smallScenario,
    shell: (name, cluster) => new TrustsTheCoordinator(name, cluster),
  },
  "ends what it opened ahead although something has come": {
    ...smallScenario,
    shell: (name, cluster) => new EndsWhatIsUsed(name, cluster),
  },
  "finishes a part of an end": {
    ...smallScenario,
    faults: heldUp,
    shell: (name, cluster) => new FinishesAPart(name, cluster),
  },
  "commits offsets before outputs": {
    ...smallScenario,
    shell: (name, cluster) => new CommitsOffsetsEarly(name, cluster),
  },
  "ends a transaction before its outputs are acknowledged": {
    ...smallScenario,
    shell: (name, cluster) => new EndsBeforeAllIsSent(name, cluster),
  },
  "reuses its state after an unknown outcome": {
    ...smallScenario,
    machine: (options) => new ReusesItsState(options),
  },
  "initialises again after being fenced": {
    ...smallScenario,
    machine: (options) => new InitialisesAfterFencing(options),
  },
  "reads committed offsets before it initialises": {
    ...smallScenario,
    machine: (options) => new ReadsPositionsFirst(options),
  },
  "goes on without a word where its state is lost": {
    ...smallScenario,
    machine: (options) => new KeepsQuietAboutLoss(options),
  },
  "leaves changed symbols out of a snapshot": { ...smallScenario, fold: forgetful },
};
