import fc from "fast-check";
import { expect, it } from "vitest";

/** What every operator of the fold must keep, whatever it works out. */
export interface OperatorContract<Input> {
  readonly name: string;
  /** What it may be given, in log order. */
  readonly inputs: fc.Arbitrary<readonly Input[]>;
  /** A fresh operator: one step of it, which gives what it knows after the input. */
  start(): (input: Input) => unknown;
  /** The results of every step, worked out plainly from the whole list at once. */
  batch(inputs: readonly Input[]): unknown[];
}

/** Registers the contract's three facts for one operator. */
export function holdContract<Input>({ name, inputs, start, batch }: OperatorContract<Input>): void {
  const run = (list: readonly Input[]) => {
    const step = start();
    // What a step gives is copied at once, as the topology writes it at once.
    return list.map((input) => structuredClone(step(input)));
  };

  it(`${name}: incremental equals batch`, () => {
    fc.assert(
      fc.property(inputs, (list) => {
        expect(run(list)).toEqual(batch(list));
      }),
      { numRuns: 200 },
    );
  });

  it(`${name}: replay is identical`, () => {
    fc.assert(
      fc.property(inputs, (list) => {
        expect(run(list)).toEqual(run(list));
      }),
    );
  });

  it(`${name}: its input is never changed`, () => {
    fc.assert(
      fc.property(inputs, (list) => {
        const before = structuredClone(list);
        run(deepFrozen(list));
        expect(list).toEqual(before);
      }),
    );
  });
}

/** Freezes plain objects and arrays to their last leaf, so that a change of one throws. */
export function deepFrozen<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    for (const inner of Object.values(value)) deepFrozen(inner);
    Object.freeze(value);
  }
  return value;
}
