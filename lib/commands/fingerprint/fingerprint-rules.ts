/** By which rules a fingerprint is made: those of another one, or those of the options. */
import { usageError } from '../../errors.ts'
import { fingerprintSegments } from '../../fingerprints/fingerprint-segments.ts'
import { KeyedSum } from '../../fingerprints/keyed-sum.ts'
import { joinedSums, keyIdOf } from '../../fingerprints/read-fingerprint.ts'
import type { ExpiryRule, FingerprintFile } from '../../model/files/fingerprint-file.ts'
import { describeKey, type KeySchema } from '../../model/tables/table.ts'
import type { Spelling } from '../../options/option.ts'
import type { Settings } from '../../options/settings.ts'
import type { SegmentSum } from '../../run/phases/fingerprint-table.ts'
import type { Tables } from '../../run/tables/table-inspection.ts'

export interface Rules {
  readonly keySchema: KeySchema
  readonly ttl: ExpiryRule | null
  readonly segments: number
}

interface Known {
  readonly settings: Settings
  readonly tables: Tables
  /** Undefined: the fingerprint is the first of its kind. */
  readonly like: FingerprintFile | undefined
  /** ISO 8601, UTC. */
  readonly began: string
}

/** What decides the sums is taken from the other fingerprint. */
const DECIDED = ['ignore', 'only', 'ttlAware'] as const

/** @throws TablesyncError with code `USAGE` */
export function refuseBesideLike(options: object, spelling: Spelling): void {
  const given = options as Readonly<Record<string, unknown>>
  const other = DECIDED.find((name) => given[name] !== undefined)
  if (other === undefined) return
  throw usageError(
    `Expected \`${spelling(other)}\` without \`${spelling('like')}\`, got both`,
    'Leave it out: the other fingerprint says what is compared.',
  )
}

/** @throws TablesyncError with code `USAGE` where the table is not like that of the other fingerprint */
export function rulesOf({ settings, tables, like, began }: Known): Rules {
  const [{ facts, ref }] = tables.inspected
  const { keySchema, ttlAttribute, approximateBytes } = facts
  const isUndivided = tables.undivided.length > 0
  if (like === undefined) {
    const hasTtl = settings.ttlAware && typeof ttlAttribute === 'string'
    const ttl = hasTtl ? { attribute: ttlAttribute, at: began } : null
    return { keySchema, ttl, segments: isUndivided ? 1 : fingerprintSegments(approximateBytes) }
  }
  if (describeKey(like.keySchema) !== describeKey(keySchema)) {
    throw usageError(
      `Expected ${ref.label} to have the key ${describeKey(like.keySchema)}, as the other fingerprint; got ${describeKey(keySchema)}`,
      'Two such tables cannot be equal.',
    )
  }
  if (isUndivided && like.segments > 1) {
    throw usageError(
      `Expected ${ref.label} to divide a scan into segments; its engine does not`,
      'Make its fingerprint first, and the other like it.',
    )
  }
  return { keySchema, ttl: like.ttl, segments: like.segments }
}

interface Made {
  readonly settings: Settings
  readonly key: string
  readonly rules: Rules
  readonly began: string
  readonly sums: readonly SegmentSum[]
}

export function fingerprintOf({ settings, key, rules, began, sums }: Made): FingerprintFile {
  const inOrder = [...sums].sort((a, b) => a.segment - b.segment)
  const total = new KeyedSum(key)
  for (const { sum, items } of inOrder) total.addSum(sum, items)
  return {
    ...{ tablesync: 'fingerprint', version: 1, key, keyId: keyIdOf(key) },
    table: settings.master.ref.label,
    keySchema: rules.keySchema,
    ...{ ignore: settings.ignore, only: settings.only, ttl: rules.ttl, segments: rules.segments },
    ...{ began, ended: new Date().toISOString() },
    ...{ items: total.items, total: total.sum },
    counts: inOrder.map(({ items }) => items),
    sums: joinedSums(inOrder.map(({ sum }) => sum)),
  }
}
