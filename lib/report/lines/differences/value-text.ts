/** Values as people read them: JSON, with the type where JSON has none. */
import { count } from '../../../model/figures.ts'
import type { WireItem, WireValue } from '../../../model/wire.ts'

/** `"open"`, `12.25`, `true`, `null`, `B"AAE="`, `SS["a","b"]`, `{"a":1}`. Numbers stay exact. */
export function valueText(value: WireValue): string {
  if ('S' in value) return JSON.stringify(value.S)
  if ('N' in value) return value.N
  if ('B' in value) return `B${JSON.stringify(value.B)}`
  if ('BOOL' in value) return String(value.BOOL)
  if ('NULL' in value) return 'null'
  if ('NS' in value) return `NS[${value.NS.join(',')}]`
  if ('L' in value) return `[${value.L.map(valueText).join(',')}]`
  if ('M' in value) return mapText(value.M)
  const [[type, members] = []] = Object.entries(value)
  return `${type}${JSON.stringify(members)}`
}

const mapText = (map: WireItem) =>
  `{${Object.entries(map)
    .map(([name, value]) => `${JSON.stringify(name)}:${valueText(value)}`)
    .join(',')}}`

/** Longer texts are cut to so many characters, around the place where they differ. */
const LONGEST = 60
/** How much of what both have in common stands before that place. */
const BEFORE = 16

/** Two values side by side. The first place in which they differ is shown of both. */
export function valueTexts(from: WireValue, to: WireValue): readonly [string, string] {
  const texts = [valueText(from), valueText(to)] as const
  let at = 0
  while (at < texts[0].length && texts[0][at] === texts[1][at]) at++
  return [cut(texts[0], at), cut(texts[1], at)]
}

/** @param at the character to show at least */
export function cut(text: string, at = 0): string {
  if (text.length <= LONGEST) return text
  const start = Math.min(Math.max(0, at - BEFORE), text.length - LONGEST)
  const end = start + LONGEST
  const size = `(${count(Buffer.byteLength(text))} bytes)`
  return `${start > 0 ? '…' : ''}${text.slice(start, end)}${end < text.length ? '…' : ''} ${size}`
}
