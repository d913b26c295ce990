/**
 * Keys in a file, one JSON line each: bare keys, or lines of a report, a plan or a journal. Headers
 * of these are checked, and footers skipped.
 */
import { usageError } from '../errors.ts'
import { linesOf } from '../files/lines/read-lines.ts'
import type { KeyText } from '../item/key.ts'
import type { RecordedTable } from '../model/files/recorded-table.ts'
import type { KeySchema } from '../model/tables/table.ts'
import { keyTextOfGiven } from './key-text.ts'

/** The replicas that keys are listed for, by label, with their ids where those are known. */
export interface ListedFor {
  readonly schema: KeySchema
  readonly replicas: ReadonlyMap<string, string | undefined>
  readonly masterId: string | undefined
}

export interface ListedKey {
  readonly key: KeyText
  /** Undefined: the line names none, so the key is one of every replica. */
  readonly replica: string | undefined
}

type Json = Readonly<Record<string, unknown>>

/**
 * @param file `-` is standard input
 * @throws TablesyncError with code `USAGE` where the file cannot be read, or a line is no key of
 * these tables
 */
export async function* keysIn(file: string, of: ListedFor): AsyncGenerator<ListedKey> {
  let number = 0
  try {
    for await (const { text } of linesOf(file)) {
      number++
      const line = number === 1 ? text.replace(/^\uFEFF/, '') : text
      if (line.trim() === '') continue
      const listed = keyOfLine(parsed(line, at(file, number)), of, at(file, number))
      if (listed !== undefined) yield listed
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === undefined || code === 'USAGE') throw error
    throw usageError(
      `Cannot read the keys in ${file}: ${message}`,
      'Name a file of keys, or - for standard input.',
    )
  }
}

/** Keys that were given one by one. */
export function keysGiven(given: readonly string[], of: ListedFor, flag: string): ListedKey[] {
  return given.map((one) => {
    return {
      key: keyTextOfGiven(parsed(one, `\`${flag}\``), of.schema, `\`${flag}\``),
      replica: undefined,
    }
  })
}

const at = (file: string, number: number) =>
  `line ${number} of ${file === '-' ? 'standard input' : file}`

function parsed(text: string, what: string): Json {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json
  } catch {
    // Said below.
  }
  throw usageError(
    `Expected ${what} to be a key as a JSON object, got other text`,
    'For example {"id":"a","at":7}, or {"id":{"S":"a"},"at":{"N":"7"}}.',
  )
}

/** Undefined: a header or a footer. */
function keyOfLine(line: Json, of: ListedFor, where: string): ListedKey | undefined {
  const isBareKey =
    of.schema.length === Object.keys(line).length &&
    of.schema.every(({ name }) => Object.hasOwn(line, name))
  if (isBareKey) return { key: keyTextOfGiven(line, of.schema, where), replica: undefined }
  if (typeof line['tablesync'] === 'string') {
    refuseOtherTables(line, of, where)
    return undefined
  }
  if (typeof line['end'] === 'string' && !Object.hasOwn(line, 'key')) return undefined
  const { key, replica } = line
  if (typeof key !== 'object' || key === null || typeof replica !== 'string') {
    return { key: keyTextOfGiven(line, of.schema, where), replica: undefined }
  }
  if (!of.replicas.has(replica)) {
    throw usageError(
      `Expected ${where} to be of ${[...of.replicas.keys()].join(' or ')}, got ${JSON.stringify(replica)}`,
      'Leave out the lines of other replicas, or compare with that one too.',
    )
  }
  return { key: keyTextOfGiven(key as Json, of.schema, where), replica }
}

/** A report, a plan or a journal says in its first line which tables it is of. */
function refuseOtherTables({ master, tables }: Json, of: ListedFor, where: string): void {
  const refuse = (label: string, then: unknown, now: string | undefined) => {
    const id = (then as Partial<RecordedTable> | undefined)?.tableId
    if (id === undefined || now === undefined || id === now) return
    throw usageError(
      `Expected ${where} to be of the table ${label} with id ${now}, got one with id ${id}`,
      'The table was made anew since. Write the file again.',
    )
  }
  refuse('master', master, of.masterId)
  for (const [label, then] of Object.entries((tables ?? {}) as Json)) {
    if (of.replicas.has(label)) refuse(label, then, of.replicas.get(label))
  }
}
