/** What the run makes of items of the master: masks first, then the hook `transform`. */
import type { Changed, ClaimKeys, ItemChange } from '../../lib/dynamo/changed/item-change.ts'
import { TablesyncError } from '../../lib/errors.ts'
import { withoutValues } from '../../lib/item/hidden-values.ts'
import { isNotMasked, type Masking, masking } from '../../lib/masks/masked-item.ts'
import { type KeySchema, MASTER } from '../../lib/model/tables/table.ts'
import type { WireItem } from '../../lib/model/wire.ts'
import type { WorkerSetup } from '../../lib/protocol/setup.ts'
import type { HookCalls } from '../hook-calls.ts'
import { isKey } from '../revert/well-formed.ts'
import { makesAgain } from './steadiness.ts'

/** What one task needs to change items. */
export type OpenChange = (rules: HookCalls, claim: ClaimKeys) => ItemChange

/** Undefined: items stay as they are. */
export function openChange(setup: WorkerSetup, schema: KeySchema): OpenChange | undefined {
  const { change } = setup
  if (change === undefined) return undefined
  const masks = change.masks && masking(change.masks)
  const samples = new Samples()
  const names = schema.map(({ name }) => name)
  return ({ transform }, claim) => ({
    mayChangeKeys: change.mayChangeKeys,
    claim,
    of(item) {
      const masked = masks === undefined ? item : masks.masked(item)
      if (isNotMasked(masked)) return notMasked(masked.why, item)
      if (transform === undefined) return { item: masked }
      return transformed(masked, transform)
    },
  })

  function notMasked(why: string, item: WireItem): Changed {
    const refused = ofItem(why, 'UNMASKED', 'Add a rule that fits to the file of --masks.')
    return { refused, key: (masks as Masking).maskedKey(keyOf(item)) }
  }

  async function transformed(
    item: WireItem,
    transform: NonNullable<HookCalls['transform']>,
  ): Promise<Changed> {
    const key = keyOf(item)
    const name = JSON.stringify(key)
    try {
      const call = (one: WireItem) => transform(one, name)
      // A hook may change what it is given.
      const made = await call(structuredClone(item))
      const isOdd = samples.draw() && !(await makesAgain(call, item, made))
      if (isOdd) return { refused: unsteady(), key }
      if (made === null) return 'absent'
      return isKey(keyOf(made), schema) ? { item: made } : { refused: keyless(), key }
    } catch (error) {
      const { message } = error as Error
      const shown = setup.showValues ? message : withoutValues(message, [item], names)
      return { refused: ofItem(shown, 'HOOK_FAILED', CORRECT), key }
    }
  }

  function keyOf(item: WireItem): WireItem {
    const parts = names.filter((name) => Object.hasOwn(item, name))
    return Object.fromEntries(parts.map((name) => [name, item[name] as WireItem[string]]))
  }
}

const CORRECT = 'The item was left as it is. Correct the hook, and run again.'

const ofItem = (message: string, code: TablesyncError['code'], hint: string) =>
  new TablesyncError(message, { code, scope: 'item', table: MASTER, hint })

const unsteady = () =>
  ofItem('the hook transform failed: it made two items of one', 'HOOK_FAILED', CORRECT)

const keyless = () =>
  ofItem('the hook transform failed: its item lacks a part of the key', 'HOOK_FAILED', CORRECT)

/** Items that are transformed twice: the first of a thread, and a few of all others. */
class Samples {
  #seen = 0

  draw(): boolean {
    this.#seen++
    return this.#seen <= FIRST || this.#seen % EVERY === 0
  }
}

const FIRST = 4
const EVERY = 500
