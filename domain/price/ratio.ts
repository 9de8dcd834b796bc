/** The largest integer below which doubles are exact. */
const safe = Number.MAX_SAFE_INTEGER;

/**
 * `value * factor / divisor` of integers, rounded to the nearest integer, halves away from zero; exact for every input.
 * `divisor` is above zero. Never -0.
 */
export function scaleAndRound(value: number, factor: number, divisor: number): number {
  const product = value * factor;
  if (product > safe || product < -safe || divisor > safe / 2) return scaleBig(value, factor, divisor);
  const magnitude = product < 0 ? -product : product;
  const remainder = magnitude % divisor;
  const quotient = (magnitude - remainder) / divisor + (2 * remainder >= divisor ? 1 : 0);
  return product < 0 && quotient !== 0 ? -quotient : quotient;
}

/** The sign of `a * b - c * d` of integers, exact for every input. */
export function compareProducts(a: number, b: number, c: number, d: number): number {
  const left = a * b;
  const right = c * d;
  if (left <= safe && left >= -safe && right <= safe && right >= -safe) return left - right;
  const difference = BigInt(a) * BigInt(b) - BigInt(c) * BigInt(d);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

function scaleBig(value: number, factor: number, divisor: number): number {
  const product = BigInt(value) * BigInt(factor);
  const magnitude = product < 0n ? -product : product;
  const by = BigInt(divisor);
  const quotient = Number((2n * magnitude + by) / (2n * by));
  return product < 0n && quotient !== 0 ? -quotient : quotient;
}
