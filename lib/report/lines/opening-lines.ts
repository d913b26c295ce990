/** Lines for people about a run in progress: its tables, its plan, what it finds. */
import type { RunEvent } from '../../model/events/events.ts'
import { bytesText, count, counted, shortCount } from '../../model/figures.ts'
import {
  describeKey,
  type InspectedTable,
  shownEndpoint,
  type TableFacts,
} from '../../model/tables/table.ts'
import { pace } from '../durations.ts'
import { printable } from '../printable.ts'
import { shellWord } from '../shell-word.ts'

export type PlanEvent = RunEvent & { readonly type: 'plan' }

/** `master  us-east-1:Orders   39.9 M items   11.8 GB   account 111122223333` */
export function tableLine(
  role: string,
  { ref, facts, profile, defaultKeys }: InspectedTable,
): string {
  const account = /^arn:[^:]*:[^:]*:[^:]*:(\d+):/.exec(facts.arn ?? ref.arn ?? '')?.[1]
  const about = [
    sizeOf(facts),
    account && `account ${account}`,
    profile !== undefined && `profile ${profile}`,
    ref.endpoint && `at ${shownEndpoint(ref.endpoint)}${fromWhom(ref.endpointFrom)}`,
    ...(ref.variants ?? []).map(({ kind, from }) => `${kind} endpoint${fromWhom(from)}`),
    defaultKeys !== undefined && 'with default keys',
  ].filter(Boolean)
  return [`${role.padEnd(8)}${ref.label}`, ...about].join('   ')
}

/** What names the tables beyond doubt: for who looks closely. */
export function identityLines({ master, replicas }: RunEvent & { type: 'tables' }): string[] {
  return [master, ...replicas].flatMap(({ ref, facts }) => {
    const parts = [facts.arn ?? ref.arn, facts.tableId && `id ${facts.tableId}`].filter(Boolean)
    return parts.length === 0 ? [] : [`        ${ref.label} is ${parts.join(', ')}`]
  })
}

/** Once for all tables that have the same reason. */
export function defaultKeysLines(tables: readonly InspectedTable[]): string[] {
  const reasons = new Set(tables.flatMap(({ defaultKeys }) => defaultKeys ?? []))
  return [...reasons].map((reason) => `        default keys, since ${reason}`)
}

const fromWhom = (from: string | undefined) => (from === undefined ? '' : ` from ${from}`)

/** The service counts about every six hours, so zero may mean a young table. */
function sizeOf({ approximateItems, approximateBytes }: TableFacts): string | undefined {
  if (approximateItems === undefined) return undefined
  if (approximateItems === 0) return 'size not known yet'
  const bytes = approximateBytes === undefined ? '' : `   ${bytesText(approximateBytes)}`
  return `${shortCount(approximateItems)} ${approximateItems === 1 ? 'item' : 'items'}${bytes}`
}

export function tableLines({ runId, master, replicas }: RunEvent & { type: 'tables' }): string[] {
  return [
    tableLine('master', master),
    ...replicas.map((replica) => tableLine('replica', replica)),
    ...defaultKeysLines([master, ...replicas]),
    `key     ${describeKey(master.facts.keySchema)}`,
    `run     ${runId}, in the user agent of every request`,
  ]
}

/** For a run that will delete nothing without an answer. */
export const ASKS = 'asks before it deletes'

export function planLine(plan: PlanEvent): string {
  const { strategy, segments, compared, parallel, workers, writes, keys } = plan
  const verb = { missing: 'put missing', differing: 'update differing', extra: 'delete extra' }
  const does =
    writes.length === 0
      ? 'dry run: nothing will be written'
      : `will ${writes.map((kind) => verb[kind]).join(', ')} items${plan.asksBeforeDeletions ? `; ${ASKS}` : ''}`
  if (keys !== undefined) return `plan    ${counted(keys, 'listed key')}, no scan; ${does}`
  const which = compared === undefined ? '' : `${count(compared)} of `
  const drawn = plan.sample === undefined ? '' : `, drawn with --sample-seed ${plan.sample.seed}`
  const scan =
    segments === 1
      ? 'one segment'
      : `${which}${count(segments)} segments${drawn}, ${parallel} at a time`
  return `plan    ${strategy}, ${scan} on ${counted(workers, 'worker')}; ${does}`
}

function notVerified(code: (RunEvent & { type: 'key-left' })['code']): string {
  switch (code) {
    case 'UNMASKED':
      return 'could not be masked'
    case 'KEY_COLLISION':
    case 'HOOK_FAILED':
      return 'was left'
    default:
      return 'could not be read'
  }
}

/** A key that could not be read or repaired, while other keys made progress. */
export function keyLeftLine({
  replica,
  key,
  end,
  code,
  message,
}: RunEvent & { type: 'key-left' }): string {
  const what = {
    failed: 'could not be repaired',
    torn: 'was repaired in part',
    conflict: 'was left',
    unverified: notVerified(code),
  }[end]
  return `${replica}: ${key} ${what}: ${message}`
}

/** `keys`: how many of the listed keys are done. Absent: the tables are scanned. */
export function progressLine(
  progress: RunEvent & { type: 'progress' },
  plan?: PlanEvent,
  keys?: { readonly done: number; readonly of: number },
): string {
  const { tally, segmentsDone, segments, elapsedMs } = progress
  const replicas = Object.values(tally.replicas)
  const sum = (kind: 'missing' | 'differing' | 'extra' | 'written' | 'deleted') =>
    count(replicas.reduce((total, replica) => total + replica[kind], 0))
  const keysDone = keys && [`${count(keys.done)} of ${counted(keys.of, 'key')}`]
  const parts = keysDone ?? [
    `${counted(tally.master.scanned, 'item')} in ${pace(tally.master.scanned, elapsedMs)}`,
    `${count(segmentsDone)}/${count(segments)} segments`,
  ]
  const found = `${sum('missing')} missing, ${sum('differing')} differing, ${sum('extra')} extra`
  const done = `; ${sum('written')} written, ${sum('deleted')} deleted`
  return `${parts.join(', ')}; ${found}${plan?.writes.length === 0 ? '' : done}`
}

/** How to continue where a run of one segment ended. */
export function restartFlag(key: string): string {
  return `--starting-key ${shellWord(printable(key))}`
}
