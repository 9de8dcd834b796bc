/**
 * Room for bodies of bulk requests, used again and again: left to the garbage collector, megabytes a second would outlive two of its rounds
 * while they are on their way, and hundreds of megabytes would gather.
 */
export class BulkRooms {
  readonly #roomBytes: number;
  readonly #idle: Buffer[] = [];
  readonly #idleMax: number;

  /** @param idleMax rooms kept while nobody needs them */
  constructor(roomBytes: number, idleMax: number) {
    this.#roomBytes = roomBytes;
    this.#idleMax = idleMax;
  }

  /** Uninitialised bytes, at least so many. */
  take(bytes: number): Buffer {
    if (bytes > this.#roomBytes) return Buffer.allocUnsafeSlow(bytes);
    return this.#idle.pop() ?? Buffer.allocUnsafeSlow(this.#roomBytes);
  }

  /** Only for what nobody will look at any more, no socket either. */
  giveBack(room: Buffer): void {
    if (room.length === this.#roomBytes && this.#idle.length < this.#idleMax) this.#idle.push(room);
  }
}
