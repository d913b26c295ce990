/** The user's own rules, asked where they may decide. */
import { inspect } from 'node:util'
import type { FoundItem } from '../dynamo/lookup.ts'
import { plainItem } from '../dynamo/plain-item.ts'
import type { UnderWay } from '../dynamo/under-way.ts'
import { parseItem } from '../item/compare.ts'
import type { KeyText } from '../item/key.ts'
import type { HookItem, Hooks, HooksSource } from '../model/hooks.ts'
import type { WireItem } from '../model/wire.ts'
import { loadHooks } from '../protocol/hooks-module.ts'
import { PatientCalls } from '../protocol/patient-call.ts'
import type { Found } from './endings.ts'

export interface Rules {
  /** Whether two items that are not equal count as different. Undefined: they do. */
  readonly differ: ((master: FoundItem, replica: FoundItem) => Promise<boolean>) | undefined
  /** Whether a difference may be repaired. Undefined: the rules have no say in it. */
  readonly mayRepair: ((found: Found, replica: string) => Promise<boolean>) | undefined
  /** Undefined: nobody wants to hear of equal pairs. */
  readonly matches:
    | ((
        pair: { readonly master: FoundItem; readonly replica: FoundItem },
        replica: string,
        key: KeyText,
      ) => Promise<void>)
    | undefined
}

/** A hook has thrown: that fails its item, and nothing else. */
export class HookFailure extends Error {}

export async function openRules(
  source: HooksSource | undefined,
  ending: AbortSignal,
): Promise<(task: UnderWay) => Rules> {
  const hooks = source === undefined ? {} : await loadHooks(source)
  const calls = new PatientCalls(ending)
  return (task) => rulesOf(hooks, calls, task)
}

export function rulesOf(hooks: Hooks, calls: PatientCalls, task: UnderWay): Rules {
  const { items, isItemDifferent, ...on } = failingByItem(hooks, calls, task)
  const given = (item: WireItem): HookItem => (items === 'plain' ? plainItem(item) : item)
  const itemOf = ({ page, item }: FoundItem) => given(parseItem(page, item))
  const keyOf = (key: KeyText) => given(JSON.parse(key) as WireItem)
  const { onMatching } = on
  const differ: Rules['differ'] =
    isItemDifferent &&
    (async (master, replica) => {
      const answer: unknown = await isItemDifferent(itemOf(master), itemOf(replica))
      if (typeof answer === 'boolean') return answer
      throw new HookFailure(
        `the hook isItemDifferent failed: expected true or false from it, got ${inspect(answer)}`,
      )
    })
  const matches: Rules['matches'] =
    onMatching &&
    (async ({ master, replica }, label, key) => {
      await onMatching(itemOf(master), itemOf(replica), label, keyOf(key))
    })
  const hasSay = on.onMissing ?? on.onDiffering ?? on.onExtra
  return { differ, mayRepair: hasSay && mayRepair, matches }

  async function mayRepair(found: Found, label: string): Promise<boolean> {
    const { verdict, key, master, replica } = found
    switch (verdict) {
      case 'missing':
        if (on.onMissing === undefined || master === undefined) return true
        return mayGoOn('onMissing', await on.onMissing(itemOf(master), label, keyOf(key)))
      case 'differing': {
        if (on.onDiffering === undefined || master === undefined || replica === undefined)
          return true
        const pair = [itemOf(master), itemOf(replica)] as const
        return mayGoOn('onDiffering', await on.onDiffering(...pair, label, keyOf(key)))
      }
      default:
        if (on.onExtra === undefined) return true
        return mayGoOn('onExtra', await on.onExtra(keyOf(key), label))
    }
  }
}

/** @throws HookFailure for an answer that may be meant as `'skip'`, or as its opposite */
function mayGoOn(name: string, answer: unknown): boolean {
  if (answer === undefined) return true
  if (answer === 'skip') return false
  throw new HookFailure(
    `the hook ${name} failed: expected 'skip' or nothing from it, got ${inspect(answer)}`,
  )
}

/** The hooks, each throwing nothing but `HookFailure`. */
function failingByItem(hooks: Hooks, calls: PatientCalls, task: UnderWay): Hooks {
  const guarded = Object.entries(hooks).map(([name, hook]) => {
    if (typeof hook !== 'function') return [name, hook]
    const call = hook as (...given: readonly unknown[]) => unknown
    return [
      name,
      async (...given: readonly unknown[]) => {
        const doing = task.begin(() => `the hook ${name} on ${inspect(given[0])}`)
        try {
          const answer = call(...given)
          return answer instanceof Promise ? await calls.answer(answer) : answer
        } catch (error) {
          throw new HookFailure(`the hook ${name} failed: ${messageOf(error)}`, { cause: error })
        } finally {
          doing.end()
        }
      },
    ]
  })
  return Object.fromEntries(guarded)
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : inspect(error))
