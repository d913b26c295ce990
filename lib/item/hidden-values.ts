/** Takes the values of items out of a text that somebody else wrote: a hook, or the service. */
import type { WireItem, WireValue } from '../model/wire.ts'

/** Shorter values stand in other words too, and tell nothing. */
const LEAST_LENGTH = 4

/** What stands for a value. */
const HIDDEN = '(value hidden)'

/** The text without the values of these items. Keys stay: they are shown anyway. */
export function withoutValues(
  text: string,
  items: readonly WireItem[],
  keyNames: readonly string[],
): string {
  const keys = new Set(items.flatMap((item) => keyNames.flatMap((name) => leavesOf(item[name]))))
  const values = items
    .flatMap((item) => Object.values(item).flatMap(leavesOf))
    .flatMap((value) => [value, JSON.stringify(value).slice(1, -1)])
    .filter((value) => value.length >= LEAST_LENGTH && !keys.has(value) && text.includes(value))
  // The longest first: one value may be a part of another.
  return [...new Set(values)]
    .sort((a, b) => b.length - a.length)
    .reduce((clean, value) => clean.replaceAll(value, HIDDEN), text)
}

function leavesOf(value: WireValue | undefined): string[] {
  if (value === undefined) return []
  if ('M' in value) return Object.values(value.M).flatMap(leavesOf)
  if ('L' in value) return value.L.flatMap(leavesOf)
  const [content] = Object.values(value) as unknown[]
  if (typeof content === 'string') return 'B' in value ? binary(content) : [content]
  return Array.isArray(content)
    ? content.flatMap((each) => ('BS' in value ? binary(each) : [each]))
    : []
}

const binary = (base64: string) => [base64, Buffer.from(base64, 'base64').toString('utf8')]
