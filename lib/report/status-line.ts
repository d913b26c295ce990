/** How far a run is, as a bar and a percentage. */
import type { RunEvent } from '../model/events.ts'

type ProgressEvent = RunEvent & { readonly type: 'progress' }

const BAR_STEPS = 20

export function barOf(progress: ProgressEvent, expectedItems: number): string {
  const share = shareOf(progress, expectedItems)
  const full = Math.floor(share * BAR_STEPS)
  const percent = `${Math.floor(share * 100)}%`.padStart(4)
  return `${percent} ${'█'.repeat(full)}${'░'.repeat(BAR_STEPS - full)}`
}

/** From 0 to 1: by items where the service knows how many, else by segments. */
function shareOf({ tally, segments, segmentsDone }: ProgressEvent, expectedItems: number): number {
  if (segmentsDone === segments) return 1
  if (expectedItems === 0) return segmentsDone / Math.max(segments, 1)
  // Its count is some hours old: what is scanned beyond it must not look like the end.
  return Math.min(tally.master.scanned / expectedItems, 0.99)
}
