/** What the commands of fingerprints say. */
import type { RunEvent } from '../../model/events/events.ts'
import { count, counted } from '../../model/figures.ts'
import type {
  ComparedFingerprints,
  TakenFingerprint,
} from '../../model/results/fingerprint-results.ts'
import type { Milliseconds } from '../../model/units.ts'
import { shellWord } from '../shell-word.ts'

const TOLD_EVERY: Milliseconds = 30_000

export interface FingerprintTalk {
  onEvent(event: RunEvent): void
  conclude(taken: TakenFingerprint): void
}

export function fingerprintTalk(
  tell: (line: string) => void,
  like: string | undefined,
  now: () => Milliseconds = Date.now,
): FingerprintTalk {
  let toldAt = now()
  return {
    onEvent(event) {
      if (event.type !== 'progress' || now() - toldAt < TOLD_EVERY) return
      toldAt = now()
      const [{ scanned } = { scanned: 0 }] = Object.values(event.tally.replicas)
      tell(`read    ${counted(scanned, 'item')}, ${event.segmentsDone}/${event.segments} segments`)
    },
    conclude({ outcome, table, out, items, readUnits, errors }) {
      for (const { message, hint } of errors) {
        tell(`error   ${message}`)
        if (hint !== undefined) tell(`        ${hint}`)
      }
      if (outcome !== 'complete') return tell(`${UNFINISHED[outcome]}. No fingerprint is left.`)
      tell(
        `Fingerprint of ${counted(items, 'item')} of ${table}, ${counted(readUnits, 'read unit')}: ${out}`,
      )
      tell(
        like === undefined
          ? `        for the other table: tablesync fingerprint <table> --like ${shellWord(out)} --out FILE`
          : `        to compare: tablesync fingerprint --compare ${shellWord(like)} ${shellWord(out)}`,
      )
    },
  }
}

const UNFINISHED = {
  incomplete: 'Incomplete: not everything could be read',
  stopped: 'Stopped by a safeguard',
  interrupted: 'Interrupted',
}

/** @param out the file that lists the segments. Undefined: none was asked for */
export function comparedLines(compared: ComparedFingerprints, out: string | undefined): string[] {
  const { outcome, items, segments, differing } = compared
  const [one, other] = items
  const inSegments = `${count(differing.length)} of ${counted(segments, 'segment')}`
  if (outcome === 'equal') {
    return [
      `Equal: ${counted(one, 'item')} on each side.`,
      ...(differing.length > 0
        ? [`        ${inSegments} differ: the two engines divide tables otherwise`]
        : []),
    ]
  }
  const counts =
    one === other
      ? `${counted(one, 'item')} on each side`
      : `${count(one)} and ${counted(other, 'item')}`
  return [
    `Different: ${counts}; ${inSegments} differ.`,
    // Where one engine divides otherwise, nearly all segments differ, and tell nothing.
    ...(differing.length * 2 > segments && segments > 1
      ? ['        Most segments differ: many items do, or the two engines divide tables otherwise.']
      : []),
    out === undefined
      ? '        to see what differs: add --out FILE, then compare the tables with --segments-of FILE'
      : `        to see what differs: compare the tables with --segments-of ${shellWord(out)}`,
  ]
}
