/** Calls the user's hooks where they may decide. */
import { inspect } from 'node:util'
import type { FoundItem } from '../lib/dynamo/lookup-result.ts'
import { plainItem } from '../lib/dynamo/plain-item.ts'
import type { InFlight } from '../lib/dynamo/request/in-flight.ts'
import { wireItem } from '../lib/dynamo/wire-item.ts'
import { parseItem } from '../lib/item/compare.ts'
import type { KeyText } from '../lib/item/key.ts'
import { withoutOrigin } from '../lib/item/key-origin.ts'
import type { HookItem, Hooks, HooksSource } from '../lib/model/hooks.ts'
import type { WireItem } from '../lib/model/wire.ts'
import { DeadlineCalls } from '../lib/protocol/deadline-calls.ts'
import { loadHooks } from '../lib/protocol/hooks-module.ts'
import { isItem } from './revert/well-formed.ts'
import type { Found } from './verify/ending.ts'

export interface HookCalls {
  /** Whether two items that are not equal count as different. Undefined: they do. */
  readonly differ:
    | ((master: FoundItem, replica: FoundItem, key: KeyText) => Promise<boolean>)
    | undefined
  /** Whether a difference may be repaired. Undefined: no hook decides that. */
  readonly mayRepair: ((found: Found, replica: string) => Promise<boolean>) | undefined
  /** Undefined: no hook wants to hear of equal pairs. */
  readonly matches:
    | ((
        pair: { readonly master: FoundItem; readonly replica: FoundItem },
        replica: string,
        key: KeyText,
      ) => Promise<void>)
    | undefined
  /** What an item of the master becomes; null: no item. Undefined: no hook changes items. */
  readonly transform: ((item: WireItem, key: KeyText) => Promise<WireItem | null>) | undefined
  /** Whether a change of an export is taken back. Undefined: no hook decides that. */
  readonly selects: ((change: ChangedItem, key: KeyText) => Promise<boolean>) | undefined
}

/** Null: there was no item. */
interface ChangedItem {
  readonly before: WireItem | null
  readonly after: WireItem | null
}

/** Thrown when a hook fails: that fails its item, and nothing else. */
export class HookFailure extends Error {}

export async function openHookCalls(
  source: HooksSource | undefined,
  ending: AbortSignal,
): Promise<(task: InFlight) => HookCalls> {
  const hooks = source === undefined ? {} : await loadHooks(source)
  const calls = new DeadlineCalls(ending)
  return (task) => rulesOf(hooks, calls, task)
}

export function rulesOf(hooks: Hooks, calls: DeadlineCalls, task: InFlight): HookCalls {
  const { items, isItemDifferent, onMatching, onMissing, onDiffering, onExtra } = hooks
  const { shouldRevert, transform: asked } = hooks
  const ask = asking(calls, task)
  const given = (item: WireItem): HookItem => (items === 'plain' ? plainItem(item) : item)
  const itemOf = ({ page, item }: FoundItem) => given(parseItem(page, item))
  const keyOf = (key: KeyText) => given(JSON.parse(withoutOrigin(key)) as WireItem)
  const differ: HookCalls['differ'] =
    isItemDifferent &&
    (async (master, replica, key) => {
      const name = 'isItemDifferent'
      return yesOrNo(
        name,
        await ask(name, key, () => isItemDifferent(itemOf(master), itemOf(replica))),
      )
    })
  const matches: HookCalls['matches'] =
    onMatching &&
    (async ({ master, replica }, label, key) => {
      await ask('onMatching', key, () =>
        onMatching(itemOf(master), itemOf(replica), label, keyOf(key)),
      )
    })
  const hasSay = onMissing ?? onDiffering ?? onExtra
  const selects: HookCalls['selects'] =
    shouldRevert &&
    (async ({ before, after }, key) => {
      const name = 'shouldRevert'
      // A hook may change what it is given, and the journal must not change with it.
      const [from, to] = [before, after].map((item) =>
        item === null ? undefined : given(structuredClone(item)),
      )
      return yesOrNo(name, await ask(name, key, () => shouldRevert(from, to, keyOf(key))))
    })
  const transform: HookCalls['transform'] =
    asked &&
    (async (item, key) => {
      const answer = await ask('transform', key, () => asked(given(item)))
      if (answer === null) return null
      const isPlain = typeof answer === 'object' && items === 'plain'
      const made = isPlain ? wireItem(answer) : answer
      if (isItem(made) && !Object.hasOwn(made, '')) return made
      throw wrongAnswer('transform', 'an item or null', answer)
    })
  return { differ, mayRepair: hasSay && mayRepair, matches, transform, selects }

  async function mayRepair(
    { verdict, key, master, replica }: Found,
    label: string,
  ): Promise<boolean> {
    switch (verdict) {
      case 'missing':
        if (onMissing === undefined || master === undefined) return true
        return mayGoOn('onMissing', key, () => onMissing(itemOf(master), label, keyOf(key)))
      case 'differing':
        if (onDiffering === undefined || master === undefined || replica === undefined) return true
        return mayGoOn('onDiffering', key, () =>
          onDiffering(itemOf(master), itemOf(replica), label, keyOf(key)),
        )
      default:
        return onExtra === undefined || mayGoOn('onExtra', key, () => onExtra(keyOf(key), label))
    }
  }

  /** @throws HookFailure for an answer that may mean `'skip'`, or its opposite */
  async function mayGoOn(name: string, key: KeyText, call: () => unknown): Promise<boolean> {
    const answer = await ask(name, key, call)
    if (answer === undefined) return true
    if (answer === 'skip') return false
    throw wrongAnswer(name, "'skip' or nothing", answer)
  }
}

type Ask = (name: string, key: KeyText, call: () => unknown) => Promise<unknown>

/** Returns how a hook is called: whatever the hook throws becomes a `HookFailure`. */
function asking(calls: DeadlineCalls, task: InFlight): Ask {
  return async (name, key, call) => {
    // Named by its key alone: the content of an item is nobody else's concern.
    const doing = task.begin(() => `the hook ${name} on ${withoutOrigin(key)}`)
    try {
      const answer = call()
      return isThenable(answer) ? await calls.answer(Promise.resolve(answer)) : answer
    } catch (error) {
      throw new HookFailure(`the hook ${name} failed: ${messageOf(error)}`, { cause: error })
    } finally {
      doing.end()
    }
  }
}

function yesOrNo(name: string, answer: unknown): boolean {
  if (typeof answer === 'boolean') return answer
  throw wrongAnswer(name, 'true or false', answer)
}

const wrongAnswer = (name: string, expected: string, answer: unknown) =>
  new HookFailure(`the hook ${name} failed: expected ${expected} from it, got ${named(answer)}`)

/** Does not show the content: that may be an item. */
function named(answer: unknown): string {
  if (typeof answer === 'function') return 'a function'
  if (typeof answer === 'object' && answer !== null) return 'an object'
  return inspect(answer).slice(0, 40)
}

/** An object that is awaited may throw as late as that. */
const isThenable = (answer: unknown): answer is PromiseLike<unknown> =>
  typeof (answer as Partial<PromiseLike<unknown>> | null | undefined)?.then === 'function'

/** V8 quotes parts of what it cannot parse, and that may be a value of an item. */
function messageOf(error: unknown): string {
  if (error instanceof SyntaxError) return 'a SyntaxError'
  return error instanceof Error ? error.message : named(error)
}
