/**
 * The fingerprint benchmark: the CPU of a fingerprint, by item, as the bundled command in one thread.
 *
 * `npm run bench -- fingerprint [items] [repetitions] [--seed N] [--tls] [--json]`
 */
import { randomInt } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runCommand } from './contestants/command.ts'
import { readArguments } from './figures/arguments.ts'
import { machine } from './figures/machine.ts'
import { median, shown } from './figures/middle.ts'
import { printTable } from './figures/print-table.ts'
import { startServer } from './server/start-server.ts'
import { tableName } from './tables/table-name.ts'

const SIZES = [300, 1000]

const { numbers, isJson, isTls, seed: named } = readArguments()
const [items = 500_000, repetitions = 3] = numbers
const seed = Number(named ?? randomInt(1_000_000))
const server = await startServer({ isTls })

async function cpuOf(bytes: number, items: number): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'tablesync-fingerprint-'))
  const table = `local:${tableName({ variant: 'base', items, bytes, seed })}`
  const words = ['fingerprint', table, '--endpoint', server.endpoint, '--out', join(folder, 'a')]
  try {
    const { measured } = await runCommand([...words, '--quiet', '--workers', '1'], {
      ...{ codes: [0], caFile: server.caFile },
    })
    return measured.cpuMs
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const rows = []
for (const bytes of SIZES) {
  const all: number[] = []
  const few: number[] = []
  for (let round = 0; round < repetitions; round++) {
    few.push(await cpuOf(bytes, 1_000))
    all.push(await cpuOf(bytes, items))
  }
  rows.push({
    name: `${bytes} bytes an item`,
    items,
    'CPU ms': shown(median(all), 0),
    'CPU us an item': shown((median(all) * 1000) / items, 2),
    'without its start': shown(((median(all) - median(few)) * 1000) / items, 2),
  })
}
await server.stop()
const measuredOn = { ...machine(), repetitions, seed, isTls }
console.log(isJson ? JSON.stringify(measuredOn) : measuredOn)
printTable(rows, isJson)
