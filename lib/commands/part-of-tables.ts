/** The part of the tables that a comparison is of, where options choose one. */
import { randomInt } from 'node:crypto'
import { usageError } from '../errors.ts'
import { readDifferingSegments } from '../fingerprints/read-fingerprint.ts'
import { whereIs } from '../model/tables/endpoint-kind.ts'
import type { Sampling } from '../options/groups/items/part-options.ts'
import type { Spelling } from '../options/option.ts'
import type { Settings } from '../options/settings.ts'
import { drawnSegments, segmentsToDrawFrom } from '../sampling/drawn-segments.ts'
import type { Scope } from './comparison.ts'

const MOST_SEED = 2 ** 32

/** Undefined: the whole tables. */
export async function scopeOf(settings: Settings, spelling: Spelling): Promise<Scope | undefined> {
  const { sample, segmentsOf } = settings
  if (sample !== undefined) return sampleScope(settings, sample, spelling)
  return segmentsOf === undefined ? undefined : listedScope(segmentsOf, spelling)
}

async function listedScope(file: string, spelling: Spelling): Promise<Scope> {
  const { segments, differing } = await readDifferingSegments(file)
  if (differing.length === 0) {
    throw usageError(
      `Expected ${file} to list a segment that differs, got none`,
      'The fingerprints are equal in all segments: there is nothing to compare.',
    )
  }
  return {
    check: refuseUndivided(spelling('segmentsOf')),
    planOf: (plan) => ({ ...plan, segments, part: differing }),
  }
}

const refuseUndivided =
  (option: string): Scope['check'] =>
  ({ inspected, undivided: [undivided] }) => {
    if (undivided === undefined) return
    throw usageError(
      `Expected ${inspected[undivided]?.ref.label} to divide a scan into segments, as \`${option}\` needs it; it does not`,
      'Its engine ignores the segment of a Scan. Compare the whole tables.',
    )
  }

function sampleScope(settings: Settings, { share, seed }: Sampling, spelling: Spelling): Scope {
  const drawnWith = seed ?? randomInt(MOST_SEED)
  return {
    check: refuseUndivided(spelling('sample')),
    planOf(plan, { inspected }) {
      const bytes = Math.max(...inspected.map(({ facts }) => facts.approximateBytes ?? 0))
      const isOfService = inspected.every(({ ref }) => whereIs(ref.endpoint) === 'aws')
      const segments = settings.segments ?? segmentsToDrawFrom(bytes, isOfService)
      const part = drawnSegments(segments, share, drawnWith)
      return { ...plan, segments, part, sample: { seed: drawnWith } }
    },
  }
}
