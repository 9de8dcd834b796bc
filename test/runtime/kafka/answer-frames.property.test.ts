import fc from "fast-check";
import { expect, it } from "vitest";
import { AnswerFrames, answerBytesMax } from "../../../runtime/kafka/answer-frames.ts";

/** What a broker sends, each answer after its length. */
function sent(answers: readonly Uint8Array[]): Buffer {
  return Buffer.concat(
    answers.flatMap((answer) => {
      const length = Buffer.alloc(4);
      length.writeInt32BE(answer.length);
      return [length, answer];
    }),
  );
}

/** The bytes as they come over the network: in chunks that have memory of their own. */
function chunksOf(bytes: Buffer, lengths: readonly number[]): Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0, index = 0; at < bytes.length; index++) {
    const end = Math.min(bytes.length, at + (lengths[index % lengths.length] ?? bytes.length));
    const chunk = Buffer.allocUnsafeSlow(end - at);
    bytes.copy(chunk, 0, at, end);
    chunks.push(chunk);
    at = end;
  }
  return chunks;
}

const answers = fc.array(
  fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.uint8Array({ maxLength: 60_000, size: "max" })),
  {
    maxLength: 6,
  },
);
const lengths = fc.array(fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 70_000 })), {
  minLength: 1,
  maxLength: 20,
});

it("answers come out whole and in order, however the network cuts them", () => {
  fc.assert(
    fc.property(answers, lengths, (all, cuts) => {
      const frames = new AnswerFrames();
      const taken: Buffer[] = [];
      for (const chunk of chunksOf(sent(all), cuts)) frames.take(chunk, (answer) => void taken.push(answer));
      // They are looked at late: none of them may lie in memory that was given back.
      expect(taken.map((answer) => answer.toString("hex"))).toEqual(all.map((one) => Buffer.from(one).toString("hex")));
    }),
    { numRuns: 60 },
  );
});

it("the memory of a chunk is given back once it is copied, and kept where an answer lies in it", () => {
  const frames = new AnswerFrames();
  const [first, second] = chunksOf(sent([Buffer.alloc(40_000, 1), Buffer.alloc(100, 2)]), [20_000, 30_000]);
  const taken: Buffer[] = [];
  for (const chunk of [first, second]) if (chunk) frames.take(chunk, (answer) => void taken.push(answer));
  expect(taken.map(({ length }) => length)).toEqual([40_000, 100]);
  expect(first?.length).toBe(0);
  expect(second?.length).toBeGreaterThan(0);
});

it("what is no answer of a broker is said to be none, and no room is made for it", () => {
  for (const length of [-1, answerBytesMax + 1, Buffer.from("HTTP").readInt32BE(0)]) {
    const bytes = Buffer.alloc(4);
    bytes.writeInt32BE(length);
    expect(() => new AnswerFrames().take(bytes, () => {})).toThrow(RangeError);
  }
});
