/** A share as a percentage and a bar. */
const STEPS = 20

/** `share`: from 0 to 1. */
export function barOf(share: number): string {
  const full = Math.floor(share * STEPS)
  const percent = `${Math.floor(share * 100)}%`.padStart(4)
  return `${percent} ${'█'.repeat(full)}${'░'.repeat(STEPS - full)}`
}
