/** Opens a checkpoint, a new one or one to resume from. A lock lets only one run hold it. */
import { randomUUID } from 'node:crypto'
import { usageError } from '../../errors.ts'
import { Lock } from '../../files/locking/lock.ts'
import { isThere } from '../../files/regular-file.ts'
import { pathsRecorded, type RecordedPaths } from '../../item/places/recorded-paths.ts'
import type { Checkpoint } from '../../model/files/checkpoint-content.ts'
import type { Spelling } from '../../options/option.ts'
import type { Settings } from '../../options/settings.ts'
import { planSegments, refuseSegments } from '../preflight/scan-plan.ts'
import type { Tables } from '../tables/table-inspection.ts'
import { refuseOtherTable } from '../tables/table-match.ts'
import { readCheckpoint, refuseNoFile, refuseOtherFile } from './checkpoint-file.ts'
import { JOURNAL, meaningOf } from './meaning-options.ts'

export interface OpenCheckpoint {
  readonly file: string
  readonly run: string
  readonly lock: Lock
  /** Options that must not change between the legs of a run. */
  readonly options: Checkpoint['options']
  /** The checkpoint that the leg before saved. Undefined: this leg is the first. */
  readonly taken: Checkpoint | undefined
}

/** @throws TablesyncError with code `USAGE` if another run holds it, or the options do not fit */
export async function openCheckpoint(
  settings: Settings,
  spelling: Spelling,
): Promise<OpenCheckpoint | undefined> {
  const { checkpoint } = settings
  if (checkpoint === undefined) return undefined
  const { file, mode } = checkpoint
  await refuseNoFile(file)
  const run = randomUUID()
  const lock = await Lock.take(`${file}.lock`, run)
  try {
    const taken = mode === 'resume' ? await readCheckpoint(file) : undefined
    if (mode !== 'resume') await refuseOtherFile(file)
    if (mode === 'new' && (await isThere(file))) {
      throw usageError(
        `The checkpoint ${file} exists already`,
        `${spelling('resume')} continues from it, ${spelling('restart')} replaces it.`,
      )
    }
    const { journal = null, report = null } = settings
    const plan = settings.repairPlan?.file
    const files = { [JOURNAL]: journal, report, ...(plan !== undefined && { plan }) }
    const meaning = { ...meaningOf(settings), ...files }
    const options = JSON.parse(JSON.stringify(meaning)) as Checkpoint['options']
    if (taken !== undefined) refuseOtherOptions(taken, options, spelling)
    // They stay as recorded, so that every later leg may be begun by the same command.
    return { file, run: taken?.run ?? run, lock, options: taken?.options ?? options, taken }
  } catch (error) {
    await lock.release()
    throw error
  }
}

/** A filter decides the strategy, and places whether missing items are put. */
const DECISIVE = ['filterExpression', 'ignore', 'only', 'missingItems'] as const

/** Ignored places by their paths, under whichever name they were recorded. */
function asMeant(recorded: Checkpoint['options']): Checkpoint['options'] {
  const { ignorePaths: _, ...options } = recorded
  return { ...options, ignore: pathsRecorded(recorded as Partial<RecordedPaths>) }
}

function refuseOtherOptions(
  { options: recorded }: Checkpoint,
  options: Checkpoint['options'],
  spelling: Spelling,
): void {
  const then = asMeant(recorded)
  const now = asMeant(options)
  // First what decides other options. What only one of the two has has changed too.
  const changed = [...DECISIVE, ...Object.keys(now), ...Object.keys(then)].find(
    (name) => JSON.stringify(then[name]) !== JSON.stringify(now[name]),
  )
  if (changed === undefined) return
  const name = spelling(changed === JOURNAL ? 'journal' : changed)
  const told = (value: unknown) => (value === undefined ? 'none' : JSON.stringify(value))
  // What a filter compares with may be a value of an item.
  const values =
    changed === 'expressionAttributeValues'
      ? '; it has changed'
      : `, ${told(then[changed])}; got ${told(now[changed])}`
  throw usageError(
    `Expected \`${name}\` to be as when the run began${values}`,
    `${spelling('restart')} begins the run anew.`,
  )
}

/** @throws TablesyncError if the run began with other tables, or another number of segments */
export function refuseOtherTables(
  { taken }: OpenCheckpoint,
  settings: Settings,
  { inspected, undivided }: Tables,
  spelling: Spelling,
): void {
  if (taken === undefined) return
  for (const table of undivided) refuseSegments(taken.segments, inspected[table]?.ref.label ?? '')
  const [master, ...replicas] = inspected
  refuseOtherTable(taken.master, master, 'checkpoint')
  for (const replica of replicas) {
    refuseOtherTable(taken.tables[replica.ref.label], replica, 'checkpoint')
  }
  const { segments } = settings
  if (segments === undefined || segments === taken.segments) return
  // More segments were asked for than the table can use, then as now.
  if (segments > taken.segments && planSegments(settings, master.facts) < segments) return
  throw usageError(
    `Expected \`${spelling('segments')}\` to be as when the run began, ${taken.segments}; got ${settings.segments}`,
    'Remove it: the checkpoint already says how many.',
  )
}
