import type { IncomingRecord } from "../../runtime/kafka/types.ts";

/** Records as a reader lends them: whoever looks at one after it was released, or asks for the next, reads memory that is another's by then. */
export function lent(records: readonly IncomingRecord[]) {
  let isReleased = false;
  const ifHeld = <T>(value: T): T => {
    if (isReleased) throw new RangeError("A record was looked at after it was released");
    return value;
  };
  const lentOne = (record: IncomingRecord): IncomingRecord => {
    const { offset, timestampMs } = record;
    return {
      offset,
      timestampMs,
      get key() {
        return ifHeld(record.key);
      },
      get value() {
        return ifHeld(record.value);
      },
      get headers() {
        return ifHeld(record.headers);
      },
    };
  };
  const each = function* () {
    for (const record of records) yield lentOne(ifHeld(record));
  };
  return {
    records: { [Symbol.iterator]: each },
    release() {
      isReleased = true;
    },
  };
}
