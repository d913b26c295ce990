/** What a run over many pairs tells people: which they are, and what became of each. */
import { count, counted } from '../../model/figures.ts'
import type { Prices } from '../../model/prices.ts'
import type { NamedPair, PairResult, PairsSummary } from '../../model/results/pairs-summary.ts'
import type { ErrorSummary, ReplicaSummary, Summary } from '../../model/results/summary.ts'
import { duration } from '../durations.ts'
import type { Line } from '../styled-line.ts'
import { pairsCostLines } from './bill-lines.ts'

/** `pairs   12, 2 at a time`, and a line for each. */
export function pairsLines(pairs: readonly NamedPair[], atOnce: number): string[] {
  const width = widest(pairs)
  const how = atOnce === 1 ? 'one after another' : `${count(atOnce)} at a time`
  return [
    `pairs   ${count(pairs.length)}, ${how}`,
    ...pairs.map(({ name, master, replicas }) => {
      const tables = [...(master === undefined ? [] : [master]), replicas.join(', ')]
      return `        ${name.padEnd(width)}  ${tables.join(' → ')}`
    }),
  ]
}

const WORDS: { readonly [outcome in PairResult['outcome']]: string } = {
  'in-sync': 'in sync',
  different: 'different',
  sampled: 'sampled',
  incomplete: 'incomplete',
  stopped: 'stopped',
  interrupted: 'interrupted',
  refused: 'refused',
  'not-begun': 'not begun',
}

/** Of files that were applied or undone, nobody compares the whole tables. */
const OF_FILES: Partial<typeof WORDS> = {
  'in-sync': 'nothing left',
  different: 'some left',
}

export type ManyOf = 'pairs' | 'files'

export const pairWords = (outcome: PairResult['outcome'], of: ManyOf = 'pairs'): string =>
  (of === 'files' ? OF_FILES[outcome] : undefined) ?? WORDS[outcome]

/** `9 of 12 pairs in sync, 1 different, 2 refused.` */
export function pairsVerdict({ pairs }: Pick<PairsSummary, 'pairs'>, of: ManyOf = 'pairs'): string {
  const number = (outcome: PairResult['outcome']) =>
    pairs.filter((pair) => pair.outcome === outcome).length
  const others = (Object.keys(WORDS) as PairResult['outcome'][])
    .filter((outcome) => number(outcome) > 0 && outcome !== 'in-sync')
    .map((outcome) => `${count(number(outcome))} ${pairWords(outcome, of)}`)
  const all = counted(pairs.length, of === 'files' ? 'file' : 'pair')
  const inSync = `${count(number('in-sync'))} of ${all} ${of === 'files' ? 'with nothing left' : 'in sync'}`
  return `${[inSync, ...others].join(', ')}.`
}

/** The verdict, a table with a row for each pair, and why some were refused. */
export function pairsSummaryLines(
  summary: PairsSummary,
  { prices, of = 'pairs' }: { readonly prices?: Prices | undefined; readonly of?: ManyOf } = {},
): Line[] {
  const { pairs, elapsedMs } = summary
  const width = widest(pairs)
  return [
    [{ text: pairsVerdict(summary, of), style: 'verdict' }],
    rowText(width, HEADINGS),
    ...pairs.map((pair) => rowText(width, cellsOf(pair, of))),
    ...troubleLines(summary),
    ...pairsCostLines(pairs, prices),
    `took    ${duration(elapsedMs)}`,
  ]
}

/** Why it is no better: for all together, and pair by pair. */
export function troubleLines({ pairs, errors = [], stopped }: PairsSummary): string[] {
  return [
    ...(stopped === undefined
      ? []
      : [`stopped all pairs: ${stopped.message}`, `        ${stopped.hint}`]),
    ...errors.flatMap((error) => errorLine('', error)),
    ...pairs.flatMap(refusalLines),
  ]
}

const HEADINGS = [
  'pair',
  'result',
  'the same',
  'missing',
  'differing',
  'extra',
  'written',
  'deleted',
]
const COLUMN = 10
const RESULT = 14

function rowText(width: number, [name = '', result = '', ...counts]: readonly string[]): string {
  const cells = counts.map((cell) => cell.padStart(COLUMN))
  return `${name.padEnd(Math.max(width, HEADINGS[0]?.length ?? 0))}  ${result.padEnd(RESULT)}${cells.join('')}`
}

function cellsOf({ name, outcome, summary }: PairResult, of: ManyOf): string[] {
  const words = pairWords(outcome, of)
  if (summary === undefined) return [name, words]
  const counts = (['sameAs', 'missing', 'differing', 'extra', 'written', 'deleted'] as const).map(
    (field) => shownSum(summary, field),
  )
  return [name, words, ...counts]
}

/** Over all replicas; what nobody looked for has no number. */
function shownSum({ replicas }: Summary, field: keyof ReplicaSummary): string {
  const values = Object.values(replicas).map((replica) => replica[field])
  if (values.every((value) => value === null)) return '-'
  return count(values.reduce<number>((sum, value) => sum + Number(value ?? 0), 0))
}

function refusalLines({ name, error, summary }: PairResult): string[] {
  const told = error === undefined ? (summary?.errors ?? []) : [error]
  return [
    ...told.flatMap((one) => errorLine(`${name}: `, one)),
    ...(summary?.stopped === undefined || summary.stopped.isOfAll
      ? []
      : [`stopped ${name}: ${summary.stopped.message}`, `        ${summary.stopped.hint}`]),
  ]
}

const errorLine = (name: string, { message, hint }: ErrorSummary): string[] => [
  `error   ${name}${message}`,
  ...(hint === undefined ? [] : [`        ${hint}`]),
]

const widest = (pairs: readonly NamedPair[]) => Math.max(0, ...pairs.map(({ name }) => name.length))
