/**
 * Room for encoded batches, used again once the broker has them. Left to the garbage collector, a batch outlives two of its rounds while it
 * is on its way, and is then kept until tens of megabytes of others have gathered.
 */
const roomBytes = 1024 * 1024;
/** Smaller ones are not worth a room. */
const roomBytesMin = 32_768;
const idleMax = 24;
const idle: ArrayBuffer[] = [];

/** Uninitialised bytes, of exactly this length. */
export function takeRoom(bytes: number): Buffer {
  if (bytes < roomBytesMin || bytes > roomBytes) return Buffer.allocUnsafeSlow(bytes);
  return Buffer.from(idle.pop() ?? new ArrayBuffer(roomBytes), 0, bytes);
}

/** Only for what nobody will look at any more, no socket either. */
export function giveRoomBack({ buffer }: Buffer): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === roomBytes && idle.length < idleMax) idle.push(buffer);
}
