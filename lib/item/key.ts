/** An item's primary key: one spelling to match by, and the text to request the item with. */
import type { KeySchema } from '../model/tables/table.ts'
import type { WireItem, WireValue } from '../model/wire.ts'
import { asBuffer, sameSpan, textOf } from './bytes/json-bytes.ts'
import { canonicalNumber } from './number.ts'
import { type ItemPage, keyEnd, keyStart, STRIDE } from './page.ts'

/**
 * A key in the one spelling all equal keys share: type and value of each part,
 * strings and binary as their bytes (one character a byte), numbers canonical.
 */
export type CanonicalKey = string

/** A primary key as DynamoDB JSON text, as it goes into a request. */
export type KeyText = string

export function canonicalKeyOf(page: ItemPage, item: number, schema: KeySchema): CanonicalKey {
  const { bytes, spans } = page
  const base = item * STRIDE
  const partition = canonicalPart(bytes, spans[base + 2] as number, spans[base + 3] as number)
  if (schema.length === 1) return partition
  const sort = canonicalPart(bytes, spans[base + 4] as number, spans[base + 5] as number)
  return joinParts(partition, sort)
}

export function keyTextOf(page: ItemPage, item: number, schema: KeySchema): KeyText {
  const { bytes, spans } = page
  const base = item * STRIDE
  const [partition, sort] = leadsOf(schema)
  let text = partition + textOf(bytes, spans[base + 2] as number, spans[base + 3] as number)
  if (sort !== undefined) {
    text += sort + textOf(bytes, spans[base + 4] as number, spans[base + 5] as number)
  }
  return `${text}}`
}

/** What stands in a key's text before the value of each part. */
type Leads = readonly [partition: string, sort?: string]

const leads = new WeakMap<KeySchema, Leads>()

function leadsOf(schema: KeySchema): Leads {
  const known = leads.get(schema)
  if (known !== undefined) return known
  const [partition, sort] = schema
  const before = `{${JSON.stringify(partition.name)}:`
  const made: Leads = sort === undefined ? [before] : [before, `,${JSON.stringify(sort.name)}:`]
  leads.set(schema, made)
  return made
}

export function canonicalKeyOfText(text: KeyText, schema: KeySchema): CanonicalKey {
  const plain = plainKeyOf(text, schema)
  if (plain !== undefined) return plain
  const key = JSON.parse(text) as WireItem
  const [partition, sort] = schema.map(({ name }) => canonicalScalar(key[name] as WireValue))
  return sort === undefined ? (partition as string) : joinParts(partition as string, sort)
}

/** For strings without blanks around them or escapes, as nearly all keys are; else undefined. */
function plainKeyOf(text: KeyText, schema: KeySchema): CanonicalKey | undefined {
  const [first, second] = leadsOf(schema)
  const partition = plainEnd(text, 0, first)
  if (partition === undefined) return undefined
  const before = plainPart(text, first.length, partition)
  if (second === undefined) return isLast(text, partition) ? before : undefined
  const sort = plainEnd(text, partition + 1, second)
  if (sort === undefined || !isLast(text, sort)) return undefined
  return joinParts(before, plainPart(text, partition + 1 + second.length, sort))
}

const isLast = (text: string, end: number) => text[end + 1] === '}' && end + 2 === text.length

const STRING = '{"S":"'

/** Where the plain string behind `lead` ends: the place of its closing bracket. */
function plainEnd(text: string, at: number, lead: string): number | undefined {
  const start = at + lead.length + STRING.length
  if (!text.startsWith(lead, at) || !text.startsWith(STRING, at + lead.length)) return undefined
  const end = text.indexOf('"', start)
  if (end < 0 || text[end + 1] !== '}') return undefined
  const slash = text.indexOf('\\', start)
  return slash < 0 || slash > end ? end + 1 : undefined
}

function plainPart(text: string, at: number, end: number): string {
  const value = text.slice(at + STRING.length, end - 1)
  return `S${BEYOND_ASCII.test(value) ? Buffer.from(value).toString('latin1') : value}`
}

const BEYOND_ASCII = /[^\0-\x7f]/

/** True if both keys are the same bytes. Equal keys may also be spelt differently. */
export function sameKeyBytes(a: ItemPage, i: number, b: ItemPage, j: number): boolean {
  return samePart(a, i, b, j, 0) && samePart(a, i, b, j, 1)
}

function samePart(a: ItemPage, i: number, b: ItemPage, j: number, part: 0 | 1): boolean {
  const aStart = keyStart(a, i, part)
  const bStart = keyStart(b, j, part)
  return sameSpan(a.bytes, aStart, keyEnd(a, i, part), b.bytes, bStart, keyEnd(b, j, part))
}

/** The length in front keeps bytes from moving between partition and sort key. */
const joinParts = (partition: string, sort: string) => `${partition.length}:${partition}${sort}`

/** One part of a key, in its canonical spelling. */
export function canonicalPart(bytes: Uint8Array, start: number, end: number): string {
  if (isPlainString(bytes, start, end)) {
    return `S${asBuffer(bytes).toString('latin1', start + 6, end - 2)}`
  }
  return canonicalScalar(JSON.parse(textOf(bytes, start, end)) as WireValue)
}

/** `{"S":"…"}` without blanks or escapes: the spelling of nearly every string key. */
export function isPlainString(bytes: Uint8Array, start: number, end: number): boolean {
  if (bytes[start + 2] !== 0x53 || bytes[start + 3] !== 0x22 || bytes[start + 4] !== 0x3a) {
    return false
  }
  if (bytes[start + 1] !== 0x22 || bytes[start + 5] !== 0x22) return false
  if (bytes[end - 2] !== 0x22) return false
  for (let i = start + 6; i < end - 2; i++) {
    if (bytes[i] === 0x5c || bytes[i] === 0x22) return false
  }
  return true
}

function canonicalScalar(value: WireValue): string {
  if ('S' in value) return `S${Buffer.from(value.S).toString('latin1')}`
  if ('N' in value) return `N${canonicalNumber(value.N)}`
  if ('B' in value) return `B${Buffer.from(value.B, 'base64').toString('latin1')}`
  return `?${JSON.stringify(value)}`
}
