/** A key in the one spelling that all equal keys share, whatever the text that it comes in. */
import { canonicalKeyOfText } from '../../lib/item/key.ts'
import type { KeySchema } from '../../lib/model/tables/table.ts'
import { seeded } from '../support/seeded.ts'
import { t } from '../support/tap.ts'

const HASH: KeySchema = [{ name: 'id', type: 'S' }]
const HASH_AND_RANGE: KeySchema = [
  { name: 'a"b', type: 'S' },
  { name: 'range', type: 'S' },
]
const CASES = 20_000
const PIECES = ['', 'x', 'ab', '"', '\\', '"}', '":{"S":"', '},{', 'ä', '€', '😀', '\u0000', '\n']

/** Strings as one character for each byte, with the length of the first part in front. */
function expected(parts: readonly string[]): string {
  const [first = '', second] = parts.map((part) => {
    return `S${[...new TextEncoder().encode(part)].map((byte) => String.fromCharCode(byte)).join('')}`
  })
  return second === undefined ? first : `${first.length}:${first}${second}`
}

/** The same text with some characters spelt as escapes. */
const escaped = (text: string) => text.replaceAll('x', '\\u0078')

for (const schema of [HASH, HASH_AND_RANGE]) {
  const { length } = schema
  t.test(`strings in ${length} parts have one canonical form in every spelling`, async (t) => {
    const random = seeded(length)
    const piece = () => PIECES[Math.floor(random() * PIECES.length)] ?? ''
    const wrong: string[] = []
    for (let n = 0; n < CASES; n++) {
      const parts = schema.map(() => piece() + piece() + piece())
      const members = schema.map(({ name }, at) => [name, { S: parts[at] }] as const)
      const plain = JSON.stringify(Object.fromEntries(members))
      const reversed = JSON.stringify(Object.fromEntries(members.toReversed()))
      const joined = `${plain.slice(0, -1)},"":{"S":"}"}}`
      for (const text of [
        plain,
        reversed,
        joined,
        escaped(plain),
        ` ${plain.replace(':', ' : ')}`,
      ]) {
        if (canonicalKeyOfText(text, schema) !== expected(parts)) wrong.push(text)
      }
    }
    t.strictSame(wrong.slice(0, 3), [])
  })
}
