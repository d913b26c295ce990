/** Figures of several repetitions. */
export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

export const spread = (numbers: readonly number[]) => Math.max(...numbers) - Math.min(...numbers)

/** Rounded for people. Undefined or no number: an empty cell. */
export function shown(number: number | undefined, digits = 2): number | '' {
  return number === undefined || !Number.isFinite(number) ? '' : Number(number.toFixed(digits))
}
