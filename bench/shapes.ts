/** Pages of several shapes, as a Scan would answer them. */

/** About this many bytes per page. */
const PAGE_BYTES = 1_000_000

type Wire = Readonly<Record<string, unknown>>

const text = (n: number, length: number) => `${n}-${'lorem ipsum '.repeat(length)}`.slice(0, length)

const SHAPES: Readonly<Record<string, (n: number) => Wire>> = {
  narrow: (n) => ({ state: { S: 'paid' }, total: { N: `${n}.25` } }),
  wide: (n) =>
    Object.fromEntries(
      Array.from({ length: 40 }, (_, at) => [`attribute${at}`, { S: text(n, 12) }]),
    ),
  nested: (n) => ({
    order: {
      M: {
        lines: {
          L: Array.from({ length: 6 }, (_, at) => ({
            M: { sku: { S: text(at, 10) }, count: { N: `${n % 9}` }, gift: { BOOL: at === 0 } },
          })),
        },
        address: { M: { city: { S: 'Berlin' }, geo: { M: { lat: { N: '52.5' } } } } },
      },
    },
  }),
  sets: (n) => ({
    tags: { SS: Array.from({ length: 20 }, (_, at) => text(at, 8)) },
    sizes: { NS: Array.from({ length: 20 }, (_, at) => `${at * 10 + (n % 3)}`) },
  }),
  numbers: (n) =>
    Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`n${at}`, { N: `${n * at}.50` }])),
  '400 KB': (n) => ({ body: { S: text(n, 400_000) } }),
}

export interface Shape {
  readonly name: string
  readonly items: number
  readonly page: Buffer
  /** The same items, the attributes of each in another order. */
  readonly reordered: Buffer
}

export function shapes(): Shape[] {
  return Object.entries(SHAPES).map(([name, make]) => {
    const items: Wire[] = []
    for (let bytes = 0; bytes < PAGE_BYTES; bytes += JSON.stringify(items.at(-1)).length) {
      items.push({ id: { S: `item-${items.length}` }, ...make(items.length) })
    }
    return {
      name,
      items: items.length,
      page: pageOf(items),
      reordered: pageOf(items.map((item) => Object.fromEntries(Object.entries(item).reverse()))),
    }
  })
}

const pageOf = (items: readonly Wire[]) =>
  Buffer.from(
    JSON.stringify({
      ConsumedCapacity: { CapacityUnits: 128 },
      Count: items.length,
      Items: items,
      ScannedCount: items.length,
    }),
  )
