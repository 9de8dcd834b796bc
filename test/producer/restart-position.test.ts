import { expect, it } from "vitest";
import { RestartPosition } from "../../producer/restart-position.ts";

const at = (micros: number) => ({ micros, nanos: 0 });

/** A way to Kafka of which a test says what has arrived. */
function way() {
  const state = { accepted: 0, acknowledged: 0, isWaiting: false };
  const acknowledgements = {
    mark: () => (state.isWaiting ? null : state.accepted),
    isAcknowledged: (mark: number) => mark <= state.acknowledged,
  };
  return { state, acknowledgements };
}

it("a position is kept only when all that was accepted before it is acknowledged", () => {
  const { state, acknowledgements } = way();
  const position = new RestartPosition();
  state.accepted = 5;
  expect(position.next(at(100), acknowledgements)).toBeNull();
  state.accepted = 9;
  state.acknowledged = 4;
  expect(position.next(at(200), acknowledgements)).toBeNull();
  state.acknowledged = 5;
  // Of 200 nothing is known yet.
  expect(position.next(at(200), acknowledgements)).toEqual(at(100));
  state.acknowledged = 9;
  expect(position.next(at(200), acknowledgements)).toEqual(at(200));
});

it("what waits for references has no place yet, and no position passes it", () => {
  const { state, acknowledgements } = way();
  const position = new RestartPosition();
  state.isWaiting = true;
  position.next(at(100), acknowledgements);
  state.isWaiting = false;
  expect(position.next(at(100), acknowledgements)).toBeNull();
  expect(position.next(at(100), acknowledgements)).toEqual(at(100));
});

it("before the first message there is nothing to keep", () => {
  const { acknowledgements } = way();
  const position = new RestartPosition();
  expect(position.next(null, acknowledgements)).toBeNull();
  expect(position.next(null, acknowledgements)).toBeNull();
});
