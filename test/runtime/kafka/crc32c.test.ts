import { expect, it } from "vitest";
import { crc32c } from "../../../runtime/kafka/crc32c.ts";

// RFC 3720, appendix B.4.
it.each([
  ["32 zeros", Buffer.alloc(32), 0x8a9136aa],
  ["32 ones", Buffer.alloc(32, 0xff), 0x62a8ab43],
  ["32 ascending", Buffer.from(Array.from({ length: 32 }, (_, index) => index)), 0x46dd794e],
  ["the check string", Buffer.from("123456789"), 0xe3069283],
])("CRC-32C of %s is the RFC's", (_name, bytes, expected) => {
  expect(crc32c(bytes)).toBe(expected);
});

it("CRC-32C of a part is that of the part alone", () => {
  const bytes = Buffer.from("xx123456789yy");
  expect(crc32c(bytes, 2, 11)).toBe(0xe3069283);
});
