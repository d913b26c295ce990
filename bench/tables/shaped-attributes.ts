/** The last attributes of a generated item, by the shape of its table. As DynamoDB JSON text. */
import type { Change, GeneratedTable } from './generated-table.ts'
import { normal } from './pseudo-random.ts'

/** The most that an item may have, less what its other attributes take. */
const MOST_FILLER = 400_000

/** Spread of the logarithm of sizes: of 100,000 items, the largest has some 600 times the median. */
const SPREAD = 1.5

/** Texts that JSON has to escape in every way, and some that it need not. */
const ESCAPES = 'line\\n\\ttab \\"quoted\\" back\\\\slash \\u0001 \\u00fc ü € 😀 \\/ '

/** A text that looks as if an item ended in it and another one began. */
const BOUNDARIES = '},{\\"id\\":{\\"S\\":\\"order-1\\"}}]}],\\"Count\\":1,{[\\\\\\"}]} '

/** Lists of maps that look like the items of a page. */
const LOOKALIKES =
  '"lines":{"L":[{"M":{"id":{"S":"order-1"},"state":{"S":"paid"}}},{"M":{"id":{"S":"order-2"},"lines":{"L":[{"M":{"id":{"S":"order-3"}}}]}}}]}'

/** Returns a value of about so many bytes for each attribute, ready to be put into an item. */
export function shapedAttributes(
  { shape = 'plain', seed = 0 }: GeneratedTable,
  position: number,
  { fillerBytes, change }: { readonly fillerBytes: number; readonly change?: Change | undefined },
): string[] {
  switch (shape) {
    case 'plain':
      return [note('x'.repeat(fillerBytes), change)]
    case 'logNormal': {
      const size = Math.round(fillerBytes * Math.exp(SPREAD * normal(position, seed)))
      return [note('x'.repeat(Math.max(1, Math.min(MOST_FILLER, size))), change)]
    }
    case 'escapes':
      return [note(`${repeated(ESCAPES, fillerBytes)}x`, change)]
    case 'boundaries': {
      const left = fillerBytes - LOOKALIKES.length
      return [LOOKALIKES, note(`${repeated(BOUNDARIES, left)}x`, change)]
    }
  }
}

const repeated = (text: string, bytes: number) =>
  text.repeat(Math.max(1, Math.round(bytes / Buffer.byteLength(text))))

function note(text: string, change: Change | undefined): string {
  const changed = {
    lastSame: () => `${text.slice(0, -1)}y`,
    lastOther: () => `${text}yy`,
    firstSame: () => text,
    firstOther: () => text,
  }
  return `"note":{"S":"${change === undefined ? text : changed[change]()}"}`
}
