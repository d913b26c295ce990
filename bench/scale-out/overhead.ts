/**
 * The overhead benchmark: what a run takes that is divided into eight shards, against one run of the
 * same tables. Each is the bundled command, one after the other, in one thread. The ratio is of what
 * further items take: each of nine processes has a start of its own.
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
/** The larger table: starts, and code that is not compiled yet, cost both the same. */
const TIMES = 3
const SEGMENTS = 256

const { numbers, isJson, seed: named } = readArguments()
const [items = 8_000_000, repetitions = 3] = numbers
const seed = Number(named ?? randomInt(1_000_000))
const server = await startServer({ isTls: false })

interface Taken {
  /** Milliseconds of CPU. */
  readonly one: number
  readonly shards: number
  readonly merge: number
}

async function taken(items: number): Promise<Taken> {
  const table = (variant: 'base' | 'copy') => tableName({ variant, items, bytes: BYTES, seed })
  const run = [
    ...['-m', `local:${table('base')}`, '-r', `local:${table('copy')}`],
    ...['--endpoint', server.endpoint, '--min-mismatch-age', '0', '--segments', String(SEGMENTS)],
  ]
  const local = ['--workers', '1', '--quiet']
  const folder = await mkdtemp(join(tmpdir(), 'tablesync-overhead-'))
  const cpuOf = async (words: readonly string[], codes: readonly number[]) =>
    (await runCommand(words, { codes })).measured.cpuMs
  try {
    // One run keeps what an attempt keeps.
    const file = (name: string) => join(folder, name)
    const kept = [
      '--checkpoint',
      file('c'),
      '--report',
      file('r'),
      '--metrics-file',
      file('m.prom'),
    ]
    const one = await cpuOf([...run, ...local, ...kept], [0, 1])
    const out = join(folder, 'shared')
    await cpuOf(['shard-plan', ...run, '--shards', String(SHARDS), '--out', out, '--quiet'], [0])
    let shards = 0
    for (let shard = 0; shard < SHARDS; shard++) {
      shards += await cpuOf(['shard', out, '--shard-index', String(shard), ...local], [0])
    }
    const merge = await cpuOf(['merge', out, '--quiet'], [0, 1])
    return { one, shards, merge }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const [smaller, larger]: [Taken[], Taken[]] = [[], []]
for (let round = 0; round < repetitions; round++) {
  smaller.push(await taken(items))
  larger.push(await taken(items * TIMES))
}
await server.stop()

const middle = (all: readonly Taken[], of: keyof Taken) => median(all.map((each) => each[of]))
const slope = (of: keyof Taken) => middle(larger, of) - middle(smaller, of)
const rows = (['one', 'shards', 'merge'] as const).map((name) => ({
  name: name === 'shards' ? `${SHARDS} shards` : name,
  [`CPU ms, ${shown(items / 1e6, 0)} million`]: shown(middle(smaller, name), 0),
  [`CPU ms, ${shown((items * TIMES) / 1e6, 0)} million`]: shown(middle(larger, name), 0),
  'CPU ns an item': shown((slope(name) / (items * (TIMES - 1))) * 1e6, 0),
  'against one': shown(slope(name) / slope('one'), 3),
}))
const measuredOn = { ...machine(), items, repetitions, seed }
console.log(isJson ? JSON.stringify(measuredOn) : measuredOn)
printTable(rows, isJson)
