import type { SimMembership } from "./sim-broker.ts";
import type { World } from "./world.ts";

/** What the group tells a member. Null units: it is out, and has to join again. */
export interface SimMember {
  readonly name: string;
  learn(generation: number, units: readonly number[] | null): void;
}

/** A consumer group: deals the units out at each generation, and tells each member sooner or later. */
export class SimGroup {
  readonly #world: World;
  readonly #units: number;
  readonly #members = new Map<string, SimMember>();
  #owners = new Map<number, string>();
  #isDue = false;
  generation = 0;

  constructor(world: World, units: number) {
    this.#world = world;
    this.#units = units;
  }

  accepts({ member, generation }: SimMembership): boolean {
    return this.#members.has(member) && generation === this.generation;
  }

  has(name: string): boolean {
    return this.#members.has(name);
  }

  join(member: SimMember): void {
    this.#members.set(member.name, member);
    this.rebalance();
  }

  leave(member: SimMember): void {
    if (this.#members.delete(member.name)) this.rebalance();
  }

  /** The member was silent for too long: it is told when it asks. */
  expel(member: SimMember): void {
    if (!this.#members.delete(member.name)) return;
    this.#world.later(this.#world.random.between(5, 60), () => member.learn(this.generation, null));
    this.rebalance();
  }

  rebalance(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    this.#world.later(this.#world.random.between(1, 15), () => this.#deal());
  }

  #deal(): void {
    this.#isDue = false;
    this.generation++;
    const names = [...this.#members.keys()];
    const owners = new Map<number, string>();
    const isSticky = this.#world.random.chance(0.7);
    for (let unit = 0; unit < this.#units && names.length > 0; unit++) {
      const old = this.#owners.get(unit);
      owners.set(unit, isSticky && old !== undefined && this.#members.has(old) ? old : this.#world.random.pick(names));
    }
    this.#owners = owners;
    this.#world.trace(`group: generation ${this.generation}: ${[...owners].map((owner) => owner.join("=")).join(" ")}`);
    for (const member of this.#members.values()) {
      const units = [...owners].filter(([, name]) => name === member.name).map(([unit]) => unit);
      const { generation } = this;
      this.#world.later(this.#world.random.between(0, this.#world.hasFaults ? 40 : 5), () =>
        member.learn(generation, units),
      );
    }
  }
}
