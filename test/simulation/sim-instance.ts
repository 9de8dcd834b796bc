import type { Offsets, UnitCommand, UnitEvent } from "../../enricher/unit/unit-protocol.ts";
import { readBack } from "../support/read-back.ts";
import { lent } from "./lent-records.ts";
import type { SimMember } from "./sim-group.ts";
import { idOf, SimHolder, type SimUnit } from "./sim-holder.ts";

/** One process of the group: does what its machines want done over a network that loses and delays. It can crash, and be paused and go on as a zombie. */
export class SimInstance extends SimHolder implements SimMember {
  readonly #units = new Map<number, SimUnit>();
  #generation = 0;

  learn(generation: number, units: readonly number[] | null): void {
    this.whenAwake(() => {
      const { world, group } = this.cluster;
      if (generation < this.#generation) return;
      world.trace(`${this.name}: learns of generation ${generation}: ${units === null ? "out" : units.join(",")}`);
      this.#generation = generation;
      for (const [number, unit] of this.#units) {
        if (units?.includes(number)) continue;
        this.#units.delete(number);
        this.tell(unit, { type: "revoked" });
      }
      for (const number of units ?? []) {
        const kept = this.#units.get(number);
        if (kept === undefined) this.#takeOver(number);
        else this.#goOn(kept);
      }
      if (units === null) world.later(world.random.between(1, 20), () => this.whenAwake(() => group.join(this)));
    });
  }

  leave(): void {
    for (const unit of this.#units.values()) this.tell(unit, { type: "revoked" });
    this.#units.clear();
    this.cluster.group.leave(this);
  }

  #takeOver(number: number): void {
    const machine = this.cluster.machine(this.cluster.partitionsOf(number));
    const unit: SimUnit = {
      unit: number,
      machine,
      epoch: null,
      sendQueue: [],
      onSent: null,
      ahead: null,
      isBehind: new Set(),
      feeding: null,
      isStopped: false,
      isFenced: false,
    };
    this.#units.set(number, unit);
    this.#obey(unit, machine.start());
  }

  /** A unit that stays over a rebalance finishes what is open, and is fed again from where it is. */
  #goOn(unit: SimUnit): void {
    this.tell(unit, { type: "paused" });
    if (unit.feeding !== null) this.#fetchAll(unit, unit.feeding.attempt, unit.machine.received);
  }

  protected tell(unit: SimUnit, event: UnitEvent): void {
    this.#obey(unit, unit.machine.handle(event));
  }

  #obey(unit: SimUnit, commands: readonly UnitCommand[]): void {
    for (const command of commands) {
      if (this.cluster.world.isTraced) {
        this.cluster.world.trace(`${this.name}/${unit.unit}: ${JSON.stringify(command, shortened)}`);
      }
      this.#do(unit, command);
    }
  }

  #do(unit: SimUnit, command: UnitCommand): void {
    const { world, broker, stateTopic } = this.cluster;
    const { attempt } = command;
    switch (command.type) {
      case "initialise":
        if (unit.isFenced) this.cluster.failures.push(`${this.name}/${unit.unit}: initialises although it was fenced`);
        this.initialise(unit, attempt);
        break;
      case "readPositions":
        this.request(
          unit,
          attempt,
          () => broker.positions(this.cluster.partitionsOf(unit.unit)),
          // The log's beginning is asked for later.
          (positions) => ({
            type: "positions",
            attempt,
            positions: positions.map((at) => ({ ...at, begin: broker.begin(at.partition) })),
          }),
        );
        break;
      case "readSnapshot":
        this.request(
          unit,
          attempt,
          () => broker.readCommitted(stateTopic, command.partition).map(readBack),
          (records) => ({ type: "snapshot", attempt, partition: command.partition, records }),
        );
        break;
      case "readRaw": {
        const { partition, fromOffset, toOffset } = command;
        this.request(
          unit,
          attempt,
          () => broker.rawFrom(partition, fromOffset, world.random.between(1, 40), toOffset),
          (read) => ({ type: "raw", attempt, partition, ...read }),
        );
        break;
      }
      case "fetch":
        if (command.losses.length > 0) this.#onLosses(unit);
        this.#fetchAll(unit, attempt, command.positions);
        break;
      case "ready":
        unit.isBehind.delete(command.partition);
        break;
      case "yield":
        this.after(world.random.uniform(), () => this.tell(unit, { type: "turn", attempt }));
        break;
      case "send":
        this.send(unit, command);
        break;
      case "commit":
        this.commit(unit, command);
        break;
      case "discard":
        this.discard(unit, attempt);
        break;
      case "wait":
        this.after(command.ms * world.random.uniform(), () => this.tell(unit, { type: "waited", attempt }));
        break;
      case "stopped":
        this.#onStopped(unit, command);
        break;
      default:
        command satisfies never;
    }
  }

  protected send(unit: SimUnit, command: Extract<UnitCommand, { type: "send" }>): void {
    unit.sendQueue.push(command);
    if (unit.ahead !== null) unit.ahead.isUsed = true;
    if (unit.sendQueue.length === 1) this.#sendNext(unit);
  }

  protected goOn(unit: SimUnit): void {
    this.#sendNext(unit);
    unit.onSent?.();
  }

  #sendNext(unit: SimUnit): void {
    const command = unit.sendQueue[0];
    const { epoch } = unit;
    if (command === undefined || epoch === null || isHeldBack(unit)) return;
    const { attempt, outbox } = command;
    this.request(
      unit,
      attempt,
      () => this.cluster.broker.produce(idOf(unit), epoch, outbox),
      () => {
        if (unit.sendQueue[0] === command) {
          unit.sendQueue.shift();
          this.#sendNext(unit);
          unit.onSent?.();
        }
        return null;
      },
    );
  }

  protected commit(unit: SimUnit, { attempt, positions }: Extract<UnitCommand, { type: "commit" }>): void {
    const { broker } = this.cluster;
    const { epoch } = unit;
    if (epoch === null) return;
    const { starts } = broker;
    const membership = { member: this.name, generation: this.#generation };
    if (unit.ahead !== null) unit.ahead.isUsed = true;
    let offsets: "held back" | "asked" | "added" = "held back";
    const goOn = () => {
      if (unit.onSent !== goOn || unit.ahead?.isEnding === true) return;
      if (offsets === "held back") {
        offsets = "asked";
        this.request(
          unit,
          attempt,
          () => broker.addOffsets(idOf(unit), epoch, positions, membership),
          () => {
            offsets = "added";
            goOn();
            return null;
          },
        );
        return;
      }
      // A send that failed fails the commit too.
      if (offsets === "asked" || isHeldBack(unit) || !this.hasSent(unit)) return;
      unit.onSent = null;
      this.#end(unit, attempt, epoch, starts);
    };
    unit.onSent = goOn;
    goOn();
  }

  /** Whether all outputs of the transaction are acknowledged. */
  protected hasSent(unit: SimUnit): boolean {
    return unit.sendQueue.length === 0;
  }

  #end(unit: SimUnit, attempt: number, epoch: number, starts: number): void {
    const { broker, world, plan } = this.cluster;
    const slowMs = world.hasFaults && world.random.chance(plan.slowCommit) ? world.random.between(1, 40) : 0;
    this.request(
      unit,
      attempt,
      () => broker.end(idOf(unit), epoch, "committed", slowMs),
      () => {
        if (unit.epoch === epoch) unit.ahead = null;
        // It is decided; the end may still be on its way.
        this.after(slowMs, () => this.settle(unit, attempt, epoch, false, starts));
        return null;
      },
    );
  }

  /** The abort may get lost: nobody waits for it. */
  protected discard(unit: SimUnit, attempt: number): void {
    const { broker } = this.cluster;
    const { epoch, ahead } = unit;
    unit.epoch = null;
    unit.sendQueue.length = 0;
    unit.onSent = null;
    unit.ahead = null;
    unit.feeding = null;
    if (epoch !== null && ahead?.isEnding !== true) {
      // What nothing was in is committed, like the one before it.
      const outcome = ahead?.isUsed === false ? "committed" : "aborted";
      this.attemptOnce(
        () => broker.end(idOf(unit), epoch, outcome, 0),
        () => {},
        () => {},
      );
    }
    this.after(this.cluster.world.random.uniform() * 3, () => this.tell(unit, { type: "discarded", attempt }));
  }

  #onStopped(unit: SimUnit, { reason, error }: Extract<UnitCommand, { type: "stopped" }>): void {
    const { group } = this.cluster;
    unit.isStopped = true;
    if (reason === "failed") this.#onFailed(unit, error);
    if (reason !== "fenced" || this.#units.get(unit.unit) !== unit) return;
    this.#units.delete(unit.unit);
    // It has to be dealt out anew; a member whose generation has passed is told so anyway.
    if (group.has(this.name) && this.#generation === group.generation) group.rebalance();
  }

  #onLosses({ unit }: SimUnit): void {
    const { told, failures, partitionsOf, kept } = this.cluster;
    const lacking = partitionsOf(unit).filter((partition) => kept(partition) === "part");
    if (lacking.length === 0) failures.push(`${this.name}/${unit} says that it lacks records, and does not`);
    for (const partition of lacking) told.losses.add(partition);
  }

  /** Only a state that is lost may stop a unit. */
  #onFailed({ unit }: SimUnit, error: Error | null): void {
    const { told, failures, world, partitionsOf, kept } = this.cluster;
    world.trace(`${this.name}/${unit}: failed: ${error?.message}`);
    const isForLoss = error?.message.includes("no snapshot holds what came of them") === true;
    if (isForLoss && partitionsOf(unit).some((partition) => kept(partition) === "nothing")) told.stops.add(unit);
    else failures.push(`${this.name}/${unit} failed: ${error?.message}`);
  }

  #fetchAll(unit: SimUnit, attempt: number, positions: Offsets): void {
    unit.feeding = { attempt };
    unit.isBehind.clear();
    for (const [partition, offset] of positions) this.#fetch(unit, unit.feeding, partition, offset);
  }

  /** Fetches one batch after the other, as `ready` allows, until the unit is fed otherwise. */
  #fetch(unit: SimUnit, feeding: SimUnit["feeding"], partition: number, offset: number): void {
    const { world, plan, broker } = this.cluster;
    if (unit.isStopped || feeding === null || unit.feeding !== feeding) return;
    const repeats = world.hasFaults && world.random.chance(plan.repeatedFetch) ? world.random.between(1, 5) : 0;
    const beginOffset = broker.begin(partition);
    const fromOffset = Math.max(beginOffset, offset - repeats);
    const { records, nextOffset } = broker.rawFrom(partition, fromOffset, world.random.between(1, 30), Infinity);
    const hasNews = nextOffset > offset && !unit.isBehind.has(partition);
    if (hasNews) {
      unit.isBehind.add(partition);
      this.tell(unit, { type: "batch", ...feeding, partition, fromOffset, nextOffset, beginOffset, ...lent(records) });
    }
    const delayMs = hasNews ? world.random.between(1, 5) : world.random.between(5, 25);
    this.after(delayMs, () => this.#fetch(unit, feeding, partition, hasNews ? nextOffset : offset));
  }
}

/** Whether records have to wait, for the coordinator has yet to answer what was asked ahead of them. */
function isHeldBack({ ahead }: SimUnit): boolean {
  return ahead !== null && (!ahead.isTold || ahead.isEnding);
}

/** A command in the trace: how much is sent, not what. */
function shortened(key: string, value: unknown): unknown {
  if (key === "outbox") return (value as { size: number }).size;
  return value instanceof Map ? [...value].map((pair) => pair.join(":")).join(" ") : value;
}
