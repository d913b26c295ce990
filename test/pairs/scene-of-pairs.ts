/** Pairs of tables on dynalite, behind a gate, and a file of options that names them. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { PairsSummary } from 'tablesync'
import { runCli, tempFolder } from '../support/command/run-cli.ts'
import { startDynalite } from '../support/tables/dynalite.ts'
import { type Item, makeTable, type TestTable } from '../support/tables/tables.ts'
import type { Test } from '../support/tap.ts'
import { type Gate, openGate } from './gate.ts'

export const item = (id: string, more: Item = {}): Item => ({ id: { S: id }, ...more })

export const ITEMS = Array.from({ length: 20 }, (_, at) => item(`item-${at}`))

export interface Pairs {
  readonly gate: Gate
  readonly folder: string
  table(name: string): TestTable
  config(lines: string): Promise<string>
}

/** Tables `NAME-prod` and `NAME-copy`, with the same items. */
export async function openPairs(t: Test, names: readonly string[]): Promise<Pairs> {
  const engine = await startDynalite()
  const gate = await openGate(engine.endpoint)
  t.teardown(async () => {
    await gate.close()
    await engine.stop()
  })
  const tables = new Map<string, TestTable>()
  for (const name of names.flatMap((one) => [`${one}-prod`, `${one}-copy`])) {
    const table = await makeTable(engine.endpoint, { name })
    await table.put(ITEMS)
    tables.set(name, table)
  }
  const folder = await tempFolder(t)
  return {
    ...{ gate, folder },
    table(name) {
      const table = tables.get(name)
      if (table === undefined) throw new Error(`no table ${name}`)
      return table
    },
    async config(lines) {
      const file = join(folder, 'tables.yaml')
      const head = `endpoint: ${gate.endpoint}\nminMismatchAge: 0\nworkers: 1\n`
      await writeFile(file, `${head}${lines}\n`)
      return file
    },
  }
}

export const ALL = `
pairs:
  - { master: 'us-east-1:*-prod', replica: 'us-east-1:*-copy', name: '*' }`

export async function summaryOf(
  t: Test,
  args: readonly string[],
  code: number,
): Promise<PairsSummary> {
  const result = await runCli([...args, '--json'])
  t.equal(result.code, code, result.stderr)
  return JSON.parse(result.stdout) as PairsSummary
}

export const outcomes = ({ pairs }: PairsSummary) =>
  Object.fromEntries(pairs.map(({ name, outcome }) => [name, outcome]))
