/**
 * The overhead benchmark: what a run takes that is divided into eight shards, beside one run of the
 * same tables. Each is the bundled command in one thread, the shards one after the other.
 *
 * Both go at once, so that whatever else the machine does meets both alike.
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
const [items = 1_000_000_000, repetitions = 1] = numbers
const seed = Number(named ?? randomInt(1_000_000))
const server = await startServer({ isTls: false })

const LOCAL = ['--workers', '1', '--quiet']

const tables = (items: number, segments: number) => {
  const name = (variant: 'base' | 'copy') =>
    `local:${tableName({ variant, items, bytes: BYTES, seed, isEven: true })}`
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
      '--quiet',
    ])
    let all = 0
    for (let shard = 0; shard < SHARDS; shard++) {
      all += await cpuOf(['shard', out, '--shard-index', String(shard), ...LOCAL])
    }
    await cpuOf(['merge', out, '--quiet'])
    return all
  })

const WAYS = [
  { name: 'one run', cpuOf: (items: number) => oneRun(items, SEGMENTS) },
  { name: 'eight shards', cpuOf: eightShards },
]

const atOnce = (items: number) => Promise.all(WAYS.map(({ cpuOf }) => cpuOf(items)))

const rounds: { readonly few: number[]; readonly all: number[] }[] = []
for (let round = 0; round < repetitions; round++) {
  rounds.push({ few: await atOnce(FEW), all: await atOnce(items) })
  process.stderr.write(`${JSON.stringify(rounds.at(-1))}\n`)
}
await server.stop()

const middle = (figure: (round: (typeof rounds)[number]) => number | undefined) =>
  median(rounds.map((round) => figure(round) ?? Number.NaN))
const besides = (at: number) => middle(({ few, all }) => (all[at] ?? 0) - (few[at] ?? 0))
const rows = WAYS.map(({ name }, at) => {
  const [few, all] = [middle((round) => round.few[at]), middle((round) => round.all[at])]
  return {
    name,
    'CPU ms': shown(all, 0),
    'of these starts': shown(few, 0),
    'starts, %': shown((100 * few) / all, 1),
    'besides starts, against one run': shown(besides(at) / besides(0), 3),
  }
})
const measuredOn = { ...machine(), items, repetitions, seed }
console.log(isJson ? JSON.stringify(measuredOn) : measuredOn)
printTable(rows, isJson)
