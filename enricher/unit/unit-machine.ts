import { CommandOutlet } from "./command-outlet.ts";
import { OpenTransaction } from "./open-transaction.ts";
import { Outbox } from "./outbox.ts";
import { foldTogether, offsetsOf, type PartitionWork } from "./partition-work.ts";
import { type Phase, restartDelayMs, type UnitOptions } from "./unit-options.ts";
import type { CommittedPosition, Offsets, StopReason, UnitCommand, UnitEvent, UnitFault } from "./unit-protocol.ts";
import { UnitRecovery } from "./unit-recovery.ts";

/**
 * The exactly-once runner of one unit (D1, D2), without I/O: it is told events and says what it wants done. One attempt is this, strictly in this order:
 *
 *     initialise (fences the old) -> readPositions -> recovering: readSnapshot, readRaw by partition -> fetch -> folding
 *     folding -> batch: fold, send -> (all folded, or a bound is reached) the last sends, commit -> committing -> folding
 *     unknown outcome, in any phase -> discard (aborts) -> wait -> the next attempt, from initialise on, with no state kept
 *     fenced -> discard -> stopped: whoever has the unit now goes on; the group has to assign it anew
 *     revoked -> a transaction under way is finished -> discard -> stopped
 * What is in memory has folded further than what is committed: an attempt that failed leaves nothing behind but the log.
 */
export class UnitMachine<State> {
  protected readonly options: UnitOptions<State>;
  protected readonly commands = new CommandOutlet();
  protected phase: Phase = "initialising";
  protected works: readonly PartitionWork<State>[] = [];
  #recovery: UnitRecovery<State>;
  #committed: Offsets = new Map();
  #isRevoked = false;
  #failures = 0;
  #stop: { readonly reason: StopReason; readonly error: Error | null } | null = null;
  #turnIsDue = false;
  #transaction: OpenTransaction | null = null;

  constructor(options: UnitOptions<State>) {
    this.options = options;
    this.#recovery = this.#newRecovery([]);
  }

  /** What belongs to another attempt is of no meaning any more. */
  get attempt(): number {
    return this.commands.attempt;
  }

  /** What is committed, by partition; empty before it is known. */
  get committed(): Offsets {
    return this.#committed;
  }

  /** Where the next batch of each partition has to begin; empty before all is recovered. */
  get received(): Offsets {
    return new Map(this.works.map((work) => [work.partition, work.received]));
  }

  /** Whether nothing is under way that the group has to wait for. */
  get isAtRest(): boolean {
    return this.phase === "stopped" || (this.#transaction === null && !this.works.some(({ hasQueued }) => hasQueued));
  }

  /** How far the time of its partitions has come, microseconds since the epoch; null before any is recovered. */
  get watermarkMicros(): number | null {
    return this.works.length === 0 ? null : Math.max(...this.works.map((work) => work.watermarkMicros));
  }

  start(): UnitCommand[] {
    this.begin();
    return this.commands.take();
  }

  handle(event: UnitEvent): UnitCommand[] {
    if (this.phase === "stopped") return [];
    if (event.type === "revoked") this.#onRevoked();
    else if (event.type === "paused") this.#onPaused();
    else if (event.attempt === this.commands.attempt) this.#on(event);
    return this.commands.take();
  }

  /** The first step of an attempt: whoever held the transactional id is fenced from here on, and what it left open is ended. */
  protected begin(): void {
    this.phase = "initialising";
    this.commands.add({ type: "initialise" });
  }

  /** Committed offsets are read after the old holder is fenced: before, it could still move them. */
  protected onInitialised(): void {
    this.phase = "positioning";
    this.commands.add({ type: "readPositions" });
  }

  protected onPositions(positions: readonly CommittedPosition[]): void {
    const doubt = this.#recovery.settleDoubt(positions);
    if (doubt !== null) this.onFault(doubt.fault, doubt.error);
    else {
      this.phase = "recovering";
      this.#recovery = this.#newRecovery(positions);
      this.#recoverNext();
    }
  }

  protected onFault(fault: UnitFault, error: Error): void {
    if (fault === "fenced") this.#giveUp("fenced", error);
    else if (fault === "fatal") this.#giveUp("failed", error);
    else {
      this.#failures++;
      this.discard();
    }
  }

  /** Ends the attempt: from here on no answer to it counts. */
  protected discard(): void {
    this.commands.attempt++;
    this.phase = "discarding";
    this.#transaction = null;
    this.#turnIsDue = false;
    this.commands.add({ type: "discard" });
  }

  /** All is recovered: batches may come. What the log was let go of before it was folded is committed with the first transaction. */
  protected fetch(works: readonly PartitionWork<State>[], committed = offsetsOf(works)): void {
    this.phase = "folding";
    this.works = works;
    this.#committed = committed;
    const { snapshotFaults, losses, replayed } = this.#recovery;
    this.commands.add({ type: "fetch", positions: offsetsOf(works), snapshotFaults, losses, replayed });
  }

  #on(event: Extract<UnitEvent, { attempt: number }>): void {
    switch (event.type) {
      case "initialised":
        this.onInitialised();
        break;
      case "positions":
        this.onPositions(event.positions);
        break;
      case "snapshot":
        this.#guarded(() => {
          this.#recovery.takeSnapshot(event.records);
          this.#recoverNext();
        });
        break;
      case "raw":
        this.#guarded(() => {
          this.#recovery.takeRaw(event.records, event.nextOffset);
          this.#recoverNext();
        });
        break;
      case "batch":
        this.#onBatch(event);
        break;
      case "turn":
        this.#turnIsDue = false;
        this.#foldSome();
        break;
      case "committed":
        this.#onCommitted();
        break;
      case "discarded":
        this.#onDiscarded();
        break;
      case "waited":
        this.begin();
        break;
      case "failed":
        this.onFault(event.fault, event.error);
        break;
      default:
        event satisfies never;
    }
  }

  #onRevoked(): void {
    if (this.#isRevoked) return;
    this.#isRevoked = true;
    if (this.phase === "folding" && this.#transaction !== null) this.#close();
    // What is under way is finished first: its work would only be done again by the next owner.
    else if (this.phase !== "committing" && this.phase !== "discarding") this.#giveUp("revoked", null);
  }

  #onPaused(): void {
    for (const work of this.works) {
      if (work.hasQueued) this.commands.add({ type: "ready", partition: work.partition });
      work.dropQueued();
    }
    if (this.phase === "folding" && this.#transaction !== null) this.#close();
  }

  #giveUp(reason: StopReason, error: Error | null): void {
    this.#stop = { reason, error };
    this.discard();
  }

  #recoverNext(): void {
    const { step } = this.#recovery;
    if (step !== null) this.commands.add(step);
    else this.fetch(this.#recovery.works, this.#recovery.committed);
  }

  #onBatch(batch: Extract<UnitEvent, { type: "batch" }>): void {
    const { partition, fromOffset } = batch;
    const work = this.works.find((candidate) => candidate.partition === partition);
    if (work === undefined) return;
    // Its first record is looked at, and may be none that can be read.
    this.#guarded(() => {
      if (work.receive(batch)) {
        if (!work.hasQueued) this.commands.add({ type: "ready", partition });
        this.#foldSoon();
      } else
        this.onFault("unknown", new Error(`Partition ${partition} went on at ${fromOffset}, not at ${work.received}.`));
    });
  }

  /** What was fetched together is handed over one partition after the other: it goes into one transaction, not the first alone. */
  #foldSoon(): void {
    if (this.phase !== "folding" || this.#turnIsDue) return;
    this.#turnIsDue = true;
    this.commands.add({ type: "yield" });
  }

  /** Folds one turn's worth of what is queued, of all partitions together for they are sent together, and closes the transaction when nothing is left or a bound is reached. */
  #foldSome(): void {
    if (this.phase !== "folding" || this.#turnIsDue) return;
    if (!this.works.some(({ hasQueued }) => hasQueued)) return;
    this.#guarded(() => {
      const { bounds, turnRecords, clock } = this.options;
      this.#transaction ??= new OpenTransaction(bounds, this.#nowMs());
      const outbox = new Outbox(clock.nowMicros());
      const recordsMax = Math.min(turnRecords, this.#transaction.roomRecords);
      const { records, emptied } = foldTogether(this.works, recordsMax, outbox);
      this.#transaction.add(records, outbox);
      for (const partition of emptied) this.commands.add({ type: "ready", partition });
      this.commands.add({ type: "send", outbox });
      const isDone = this.#transaction.isFull(this.#nowMs()) || !this.works.some(({ hasQueued }) => hasQueued);
      if (isDone) this.#close();
      else this.#foldSoon();
    });
  }

  /** The transaction takes no more outputs; the snapshots that are due go last. */
  #close(): void {
    const { stateTopic, snapshots, clock } = this.options;
    const outbox = new Outbox(clock.nowMicros());
    for (const work of this.works) {
      for (const record of work.dueSnapshot(snapshots, this.#nowMs())) outbox.add(stateTopic, record);
    }
    if (outbox.size > 0) this.commands.add({ type: "send", outbox });
    this.phase = "committing";
    const moved = this.works.filter((work) => work.next !== this.#committed.get(work.partition));
    this.commands.add({ type: "commit", positions: new Map(moved.map((work) => [work.partition, work.next])) });
  }

  #onCommitted(): void {
    this.#failures = 0;
    this.#transaction = null;
    this.#committed = offsetsOf(this.works);
    this.phase = "folding";
    if (this.#isRevoked) this.#giveUp("revoked", null);
    else this.#foldSome();
  }

  #onDiscarded(): void {
    if (this.#isRevoked) this.#stop ??= { reason: "revoked", error: null };
    if (this.#stop !== null) {
      this.phase = "stopped";
      this.commands.add({ type: "stopped", ...this.#stop });
      return;
    }
    this.works = [];
    this.phase = "waiting";
    this.commands.add({ type: "wait", ms: restartDelayMs(this.#failures) });
  }

  /** A fold that throws has met what no repetition mends: nothing of this transaction may be seen. */
  #guarded(step: () => void): void {
    try {
      step();
    } catch (error) {
      this.onFault("fatal", error instanceof Error ? error : new Error(String(error)));
    }
  }

  #newRecovery(positions: readonly CommittedPosition[]): UnitRecovery<State> {
    return new UnitRecovery(this.options, positions, this.#nowMs());
  }

  #nowMs(): number {
    return this.options.clock.nowMicros() / 1000;
  }
}
