/** Numbers that look random, and are the same each time. */

/** 32 bits of a number and a seed: the finaliser of MurmurHash3, twice. */
export function mixed(number: number, seed: number): number {
  return finalised(finalised(number) ^ Math.imul(seed + 1, 0x9e3779b1))
}

function finalised(number: number): number {
  let bits = Math.imul(number ^ (number >>> 16), 0x85ebca6b)
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35)
  return (bits ^ (bits >>> 16)) >>> 0
}

/** At least 0 and below 1. */
export const share = (number: number, seed: number) => mixed(number, seed) / 2 ** 32

/** Of a standard normal distribution (Box and Muller). */
export function normal(number: number, seed: number): number {
  const [one, other] = [share(number, seed), share(number, seed + 1)]
  return Math.sqrt(-2 * Math.log(1 - one)) * Math.cos(2 * Math.PI * other)
}
