/** A run of shards as processes, and what it leaves, in a form that can be compared with one run's. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Summary } from '../../lib/model/results/summary.ts'
import { type CliResult, type Env, runCli } from './command/run-cli.ts'

export interface PlacedTable {
  readonly label: string
  readonly endpoint: string
}

/** The tables as flags. */
export const tableFlags = (master: PlacedTable, replica: PlacedTable): string[] => [
  ...['-m', master.label, '--master-endpoint', master.endpoint],
  ...['-r', replica.label, '--replica-endpoint', replica.endpoint],
]

export interface MergedRun extends CliResult {
  readonly summary: Summary
  readonly report: readonly string[]
  /** Undefined: none was asked for. */
  readonly plan: readonly string[] | undefined
  readonly page: readonly string[]
}

/** What `merge`, or one run, makes of the same tables. */
export async function resultOf(
  args: readonly string[],
  folder: string,
  name: string,
  { hasPlan = true } = {},
): Promise<MergedRun> {
  const file = (kind: string) => join(folder, `${name}.${kind}`)
  const files = ['--report', file('report'), '--html', file('html')]
  const planned = hasPlan ? ['--plan', file('plan')] : []
  const result = await runCli([...args, ...files, ...planned, '--json'])
  if (result.stdout === '') throw new Error(`no document: ${result.stderr}`)
  return {
    ...result,
    summary: JSON.parse(result.stdout) as Summary,
    report: await linesOf(file('report')),
    plan: hasPlan ? await linesOf(file('plan')) : undefined,
    page: pageText(await readFile(file('html'), 'utf8')),
  }
}

/** Lines between the first and the last, without their place in the file. */
export async function linesOf(file: string): Promise<string[]> {
  const lines = (await readFile(file, 'utf8')).trim().split('\n').slice(1, -1)
  return lines.map((text) => withoutPlace(JSON.parse(text) as Record<string, unknown>)).sort()
}

const OF_PLACE = ['crc', 'line', 'after', 'unconfirmed']

const withoutPlace = (line: Record<string, unknown>) =>
  JSON.stringify(
    Object.fromEntries(Object.entries(line).filter(([name]) => !OF_PLACE.includes(name))),
  )

/** What a run takes, and when it was. */
const OF_ONE_RUN = ['began', 'took', 'run', 'units', 'Command', 'dry run']

/** The words of a page, but for what differs between two runs of the same. */
function pageText(html: string): string[] {
  const [, body = ''] = html.split('<body>')
  const [before = '', ...after] = body.split(/<section[^>]*>\s*<h2[^>]*>How it went/)
  const rest = after.map((part) => part.slice(part.indexOf('</section>'))).join('')
  const lines = `${before}${rest}`
    .replace(/<style[\s\S]*?<\/style>/g, '')
    .replace(/<[^>]*>/g, '\n')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
  const isOfBoth = (line: string, at: number) =>
    !OF_ONE_RUN.includes(lines[at - 1] ?? '') && !line.startsWith('tablesync ')
  return lines.filter(isOfBoth).sort()
}

/** Counts that do not depend on how a run is divided, nor on how often keys are read again. */
export function totalsOf({ outcome, dryRun, master, replicas }: Summary) {
  const counted = Object.entries(replicas).map(([label, replica]) => {
    const {
      readUnits: _,
      writeUnits: __,
      recheckUnits: ___,
      unconfirmed: ____,
      ...others
    } = replica
    return [label, others]
  })
  return { outcome, dryRun, scanned: master.scanned, replicas: Object.fromEntries(counted) }
}

/** Does all shards at once, each in a process of its own. */
export function doShards(
  folder: string,
  shards: number,
  envOf: (shard: number) => Env,
  args: readonly string[] = [],
): Promise<CliResult[]> {
  const all = Array.from({ length: shards }, (_, shard) =>
    runCli(['shard', folder, ...args], envOf(shard)),
  )
  return Promise.all(all)
}
