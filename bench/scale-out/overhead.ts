/**
 * The overhead benchmark: what a run takes that is divided into eight shards. Beside it: one run of
 * the same tables, and eight runs of tables of an eighth, which start as often and compile the same
 * code. Each is the bundled command, one process after the other, in one thread.
 *
 * `npm run bench -- overhead [items] [repetitions] [--seed N] [--json]`
 */
import { randomInt } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runCommand } from '../contestants/command.ts'
import { readArguments } from '../figures/arguments.ts'
import { machine } from '../figures/machine.ts'
import { median, shown } from '../figures/middle.ts'
import { printTable } from '../figures/print-table.ts'
import { startServer } from '../server/start-server.ts'
import { tableName } from '../tables/table-name.ts'

const BYTES = 300
const SHARDS = 8
const SEGMENTS = 256
/** So few that nearly all of a run is its start. */
const FEW = 1_000

const { numbers, isJson, seed: named } = readArguments()
const [items = 8_000_000, repetitions = 3] = numbers
const seed = Number(named ?? randomInt(1_000_000))
const server = await startServer({ isTls: false })

const LOCAL = ['--workers', '1', '--quiet']

const tables = (items: number, segments: number) => {
  const name = (variant: 'base' | 'copy') =>
    `local:${tableName({ variant, items, bytes: BYTES, seed })}`
  return [
    ...['-m', name('base'), '-r', name('copy'), '--endpoint', server.endpoint],
    ...['--min-mismatch-age', '0', '--segments', String(segments)],
  ]
}

const cpuOf = async (words: readonly string[]) =>
  (await runCommand(words, { codes: [0] })).measured.cpuMs

async function inFolder<T>(work: (file: (name: string) => string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'tablesync-overhead-'))
  try {
    return await work((name) => join(folder, name))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** One run, with the files that an attempt at a shard keeps. */
const oneRun = (items: number, segments: number) =>
  inFolder((file) => {
    const files = ['--checkpoint', file('c'), '--report', file('r'), '--metrics-file', file('m')]
    return cpuOf([...tables(items, segments), ...LOCAL, ...files])
  })

const eightRuns = async (items: number) => {
  let all = 0
  for (let run = 0; run < SHARDS; run++) all += await oneRun(items / SHARDS, SEGMENTS / SHARDS)
  return all
}

const eightShards = (items: number) =>
  inFolder(async (file) => {
    const out = file('shared')
    await cpuOf([
      'shard-plan',
      ...tables(items, SEGMENTS),
      '--shards',
      String(SHARDS),
      '--out',
      out,
    ])
    let all = 0
    for (let shard = 0; shard < SHARDS; shard++) {
      all += await cpuOf(['shard', out, '--shard-index', String(shard), ...LOCAL])
    }
    await cpuOf(['merge', out, '--quiet'])
    return all
  })

const WAYS: Readonly<Record<string, (items: number) => Promise<number>>> = {
  'one run': (items) => oneRun(items, SEGMENTS),
  'eight runs of an eighth': eightRuns,
  'eight shards': eightShards,
}

const taken = new Map<string, { readonly few: number[]; readonly all: number[] }>()
for (let round = 0; round < repetitions; round++) {
  for (const [name, way] of Object.entries(WAYS)) {
    const { few, all } = taken.get(name) ?? { few: [], all: [] }
    taken.set(name, { few: [...few, await way(FEW)], all: [...all, await way(items)] })
  }
}
await server.stop()

const middleOf = (name: string) => median(taken.get(name)?.all ?? [])
const rows = [...taken].map(([name, { few, all }]) => ({
  name,
  'CPU ms': shown(median(all), 0),
  'of these starts': shown(median(few), 0),
  'against eight runs': shown(median(all) / middleOf('eight runs of an eighth'), 3),
}))
const measuredOn = { ...machine(), items, repetitions, seed }
console.log(isJson ? JSON.stringify(measuredOn) : measuredOn)
printTable(rows, isJson)
