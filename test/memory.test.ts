import { measure } from '../bench/contestants/measure.ts'
import { startServer } from '../bench/server/start-server.ts'
import type { Variant } from '../bench/tables/generated-table.ts'
import { tableName } from '../bench/tables/table-name.ts'
import { t } from './support/tap.ts'
import { skipLong } from './support/thorough.ts'

async function peakMegabytes(endpoint: string, replica: Variant, items: number): Promise<number> {
  const name = (variant: Variant) => tableName({ variant, items, bytes: 300 })
  const { peakMB } = await measure('tablesync', {
    endpoint,
    master: name('base'),
    replica: name(replica),
    options: { minMismatchAge: 0 },
  })
  return peakMB
}

for (const { what, replica } of [
  { what: 'tables that have no key in common', replica: 'disjoint' },
  { what: 'tables in which every item differs', replica: 'changed' },
] as const) {
  t.test(
    `runSync needs hardly more memory for four times as many items, of ${what}`,
    { skip: skipLong },
    async (t) => {
      const server = await startServer()
      t.teardown(() => server.stop())
      const small = await peakMegabytes(server.endpoint, replica, 50_000)
      const large = await peakMegabytes(server.endpoint, replica, 200_000)
      t.ok(large <= small * 1.2, `${small} MB for 50,000 items, ${large} MB for 200,000`)
    },
  )
}
