/** Judges changes of an export: makes lines of an undo journal of those to take back. */
import { unchanged } from '../../lib/dynamo/conditions.ts'
import { InFlight } from '../../lib/dynamo/request/in-flight.ts'
import { updateTo } from '../../lib/dynamo/update-expression.ts'
import { TablesyncError } from '../../lib/errors.ts'
import { openDigest } from '../../lib/item/digest.ts'
import { isExpired } from '../../lib/item/expiry.ts'
import { withoutValues } from '../../lib/item/hidden-values.ts'
import { canonicalItem } from '../../lib/item/normalise.ts'
import { WHOLE } from '../../lib/item/places/compared.ts'
import type { JournalEntry } from '../../lib/model/files/journal-lines.ts'
import { type ChangeCounts, NO_CHANGES } from '../../lib/model/results/reverted-export.ts'
import type { WireItem } from '../../lib/model/wire.ts'
import type { ChangeBatch, JudgedBatch, RevertSetup } from '../../lib/protocol/revert-batches.ts'
import { toWire } from '../../lib/protocol/wire-error.ts'
import { HookFailure, openHookCalls } from '../hook-calls.ts'
import { type ExportedChange, readChange } from './exported-change.ts'

/** What becomes of a change. */
type Fate = Exclude<keyof ChangeCounts, 'changes'>

export async function openJudge(
  setup: RevertSetup,
): Promise<(batch: ChangeBatch) => Promise<JudgedBatch>> {
  const { replica, keySchema, ttlAttribute } = setup
  const digestOf = await openDigest()
  // Whoever wants to end the reading ends the threads.
  const callsFor = await openHookCalls(setup.hooks, new AbortController().signal)
  const { selects } = callsFor(new InFlight())

  return async (batch) => {
    try {
      return await judged(batch)
    } catch (error) {
      return { error: toWire(error) }
    }
  }

  async function judged({ file, first, lines }: ChangeBatch): Promise<JudgedBatch> {
    const journal: string[] = []
    const counts = { ...NO_CHANGES, changes: lines.length }
    for (const [index, text] of lines.entries()) {
      const change = readChange(text, keySchema, `line ${first + index} of ${file}`)
      const left = textOf(change.after)
      const fate = await fateOf(change, left).catch((error: unknown) => {
        throw error instanceof HookFailure ? hookFailed(error, file, change) : error
      })
      counts[fate]++
      if (fate === 'selected') journal.push(journalLine(change, left))
    }
    return { journal, counts }
  }

  async function fateOf(change: ExportedChange, left: string): Promise<Fate> {
    const { key, before, after, at } = change
    if (textOf(before) === left) return 'unchanged'
    const isDeletion = before !== null && after === null
    if (isDeletion && ttlAttribute !== undefined && isExpired(before, ttlAttribute, at)) {
      return 'expired'
    }
    const isSelected = selects === undefined || (await selects(change, JSON.stringify(key)))
    if (!isSelected) return 'unselected'
    return isTooWide(change) ? 'tooWide' : 'selected'
  }

  /** Whether one write on one condition that compares the whole item could take it back. */
  function isTooWide({ before, after }: ExportedChange): boolean {
    const shape = { schema: keySchema, compared: WHOLE }
    if (after === null) return false
    if (before === null) return unchanged(after, shape).isPartial === true
    const update = updateTo(before, after, shape)
    return update.isPartial === true || !update.complete
  }

  function journalLine({ key, before, after }: ExportedChange, left: string): string {
    const entry: JournalEntry = { replica, key, before, left: after && digestOf(left) }
    return JSON.stringify(entry)
  }
}

/** The text that two items share if they are equal. No item: no text. */
const textOf = (item: WireItem | null): string => (item === null ? '' : canonicalItem(item, WHOLE))

/** The hook's answer decides what is written, so without it nothing is. */
function hookFailed(
  { message }: HookFailure,
  file: string,
  { key, before, after }: ExportedChange,
): TablesyncError {
  const items = [before, after].filter((item) => item !== null)
  const said = withoutValues(message, items, Object.keys(key))
  return new TablesyncError(`Cannot select changes of ${file}: ${said}`, {
    code: 'HOOK_FAILED',
    scope: 'run',
    hint: 'Correct the hook. Nothing was done.',
  })
}
