import { giveBack } from "./give-back.ts";

const lengthBytes = 4;
/** No broker of ours answers with more; what does not speak Kafka's protocol mostly seems to. */
export const answerBytesMax = 256 * 1024 * 1024;

/**
 * Cuts what a broker sends into its answers, before each of which its length stands. An answer of several chunks is put together as they come, in room of
 * just its size, and their memory is given back: kafkajs keeps them all, copies twice, and holds on to the last answer until the next one is there.
 */
export class AnswerFrames {
  readonly #length = Buffer.alloc(lengthBytes);
  #lengthFilled = 0;
  #answer: Buffer | null = null;
  #filled = 0;

  /**
   * Takes the next chunk, which is the caller's no more, and hands over each answer that it completes, without the length.
   * @throws RangeError for what is no length of an answer; nothing that comes after it can be understood
   */
  take(chunk: Buffer, onAnswer: (answer: Buffer) => void): void {
    let isShown = false;
    let at = 0;
    while (at < chunk.length) {
      if (this.#answer === null) {
        at += this.#fillLength(chunk, at);
        if (this.#lengthFilled < lengthBytes) break;
        const length = this.#takeLength();
        if (chunk.length - at >= length) {
          isShown = true;
          onAnswer(chunk.subarray(at, at + length));
          at += length;
          continue;
        }
        this.#answer = Buffer.allocUnsafeSlow(length);
      }
      at += this.#fillAnswer(this.#answer, chunk, at, onAnswer);
    }
    if (!isShown && chunk.length === chunk.buffer.byteLength) giveBack(chunk);
  }

  #fillLength(chunk: Buffer, from: number): number {
    const copied = chunk.copy(this.#length, this.#lengthFilled, from);
    this.#lengthFilled += copied;
    return copied;
  }

  #takeLength(): number {
    const length = this.#length.readInt32BE(0);
    if (length < 0 || length > answerBytesMax) throw new RangeError(`It answers with what is not Kafka's protocol`);
    this.#lengthFilled = 0;
    return length;
  }

  #fillAnswer(answer: Buffer, chunk: Buffer, from: number, onAnswer: (answer: Buffer) => void): number {
    const copied = chunk.copy(answer, this.#filled, from);
    this.#filled += copied;
    if (this.#filled === answer.length) {
      this.#answer = null;
      this.#filled = 0;
      onAnswer(answer);
    }
    return copied;
  }
}
