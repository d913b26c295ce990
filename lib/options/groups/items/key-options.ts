/** Options that name the keys to compare, one by one. */
import { usageError } from '../../../errors.ts'
import { filled, type Group, type OptionsOf, type Spelling } from '../../option.ts'

export const KEY_OPTIONS = {
  /** Read only these keys, as JSON text, on both sides; nothing is scanned. */
  key: {
    flag: 'key',
    notFor: ['shard-plan'],
    kind: 'texts',
    value: 'key',
    also: ['show'],
    mayHoldCommas: true,
    help: 'Only this key, as JSON: {"id":"a"}; repeatable. A comparison reads listed keys on both sides, and scans nothing',
    helpFor: {
      sync: 'Compare only this key, as JSON: {"id":"a"}; repeatable. Nothing is scanned',
      show: 'Only lines of this key, as JSON: {"id":"a"}; repeatable',
    },
    more: 'Values may be plain, or DynamoDB JSON: `{"id":{"S":"a"}}`. Quote numbers of more than 15 digits.',
  },
  /** Read only the keys in this file, on both sides; nothing is scanned. `-` is standard input. */
  keys: {
    flag: 'keys',
    notFor: ['shard-plan'],
    kind: 'text',
    value: 'file',
    mayBeStream: true,
    help: 'Compare only the keys in this file: JSON lines, or lines of a report; - is standard input',
  },
} as const satisfies Group

export type KeyOptions = OptionsOf<typeof KEY_OPTIONS>

/** As given: they can only be read once the key of the table is known. */
export interface KeyList {
  readonly given: readonly string[]
  readonly file: string | undefined
}

export interface KeySettings {
  /** Undefined: the tables are scanned. */
  readonly keyList: KeyList | undefined
}

/** Options of scans, and of runs long enough to be resumed. */
const NOT_WITH_KEYS = [
  'startingKey',
  'segments',
  'scanForExtra',
  'scanLimit',
  'strategy',
  'checkpoint',
] as const

type Given = KeyOptions & {
  readonly [name in (typeof NOT_WITH_KEYS)[number]]?: unknown
} & { readonly maxDeletes?: number | string }

export function resolveKeys(given: Given, spelling: Spelling): KeySettings {
  const { key, keys: file } = filled(KEY_OPTIONS, given)
  if ((key === undefined || key.length === 0) && file === undefined) return { keyList: undefined }
  const name = spelling(file === undefined ? 'key' : 'keys')
  const other = NOT_WITH_KEYS.find((one) => given[one] !== undefined && given[one] !== false)
  if (other !== undefined) {
    throw usageError(
      `Expected \`${spelling(other)}\` without \`${name}\`, which scans nothing; got both`,
      `Leave \`${spelling(other)}\` out.`,
    )
  }
  if (String(given.maxDeletes ?? '').endsWith('%')) {
    throw usageError(
      `Expected \`${spelling('maxDeletes')}\` to be a number with \`${name}\`, got ${given.maxDeletes}`,
      'No scan counts the items that it could be a percentage of.',
    )
  }
  return { keyList: { given: key ?? [], file } }
}
