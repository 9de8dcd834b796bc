const doubleBytes = Float64Array.BYTES_PER_ELEMENT;
const lastAscii = 0x7f;

/** ASCII text that values have in common, ready to be copied eight bytes at a time. */
export interface Ascii {
  /** The bytes as doubles, for those are what a `DataView` stores quickest; ASCII never makes one of them a NaN, whose bits might not last. Zeros fill the last. */
  readonly doubles: Float64Array;
  /** Bytes of text. */
  readonly length: number;
}

/** @throws RangeError for what is not ASCII */
export function ascii(text: string): Ascii {
  const doubles = new Float64Array(Math.ceil(text.length / doubleBytes));
  const view = new DataView(new ArrayBuffer(doubles.length * doubleBytes));
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit > lastAscii) throw new RangeError(`${JSON.stringify(text)} is not ASCII`);
    view.setUint8(index, unit);
  }
  for (let index = 0; index < doubles.length; index++) doubles[index] = view.getFloat64(index * doubleBytes, true);
  return { doubles, length: text.length };
}

/** For each name what stands before its value inside an object, after an earlier key: `,"name":`. */
export function keys<const Name extends string>(...names: readonly Name[]): Readonly<Record<Name, Ascii>> {
  return Object.fromEntries(names.map((name) => [name, ascii(`,"${name}":`)])) as Record<Name, Ascii>;
}
