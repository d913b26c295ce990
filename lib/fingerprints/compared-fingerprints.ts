/** Compares two fingerprints. */
import { type TablesyncError, usageError } from '../errors.ts'
import type { FingerprintFile } from '../model/files/fingerprint-file.ts'
import type { ComparedFingerprints } from '../model/results/fingerprint-results.ts'
import { sumsOf } from './read-fingerprint.ts'

export interface NamedFingerprint {
  readonly file: string
  readonly content: FingerprintFile
}

/** @throws TablesyncError with code `USAGE` where they were not made alike */
export function comparedFingerprints(
  one: NamedFingerprint,
  other: NamedFingerprint,
): ComparedFingerprints {
  refuseUnlike(one, other)
  const [a, b] = [one.content, other.content]
  const [sumsA, sumsB] = [sumsOf(a), sumsOf(b)]
  const differing = sumsA.flatMap((sum, segment) =>
    sum === sumsB[segment] && a.counts[segment] === b.counts[segment] ? [] : [segment],
  )
  return {
    version: 1,
    outcome: a.total === b.total && a.items === b.items ? 'equal' : 'different',
    items: [a.items, b.items],
    segments: a.segments,
    differing,
  }
}

const PARTS = [
  ['keyId', 'the key'],
  ['segments', 'the number of segments'],
  ['keySchema', 'the key of the table'],
  ['ignore', '--ignore'],
  ['only', '--only'],
  ['ttl', 'the rule for items that have expired'],
] as const

function refuseUnlike(one: NamedFingerprint, other: NamedFingerprint): void {
  const text = ({ content }: NamedFingerprint, name: (typeof PARTS)[number][0]) =>
    JSON.stringify(content[name])
  const part = PARTS.find(([name]) => text(one, name) !== text(other, name))
  if (part !== undefined) throw unlike(one.file, other.file, part[1])
}

const unlike = (one: string, other: string, what: string): TablesyncError =>
  usageError(
    `Expected fingerprints made alike; ${what} is another in ${other}`,
    `Make that one with --like ${one}`,
  )
