/** Whether the hook `transform` answers the same whenever it is given the same. */
import { InFlight } from '../../lib/dynamo/request/in-flight.ts'
import { canonicalItem } from '../../lib/item/normalise.ts'
import { WHOLE } from '../../lib/item/places/compared.ts'
import type { Hooks } from '../../lib/model/hooks.ts'
import type { WireItem } from '../../lib/model/wire.ts'
import { DeadlineCalls } from '../../lib/protocol/deadline-calls.ts'
import { rulesOf } from '../hook-calls.ts'

type Call = (item: WireItem) => Promise<WireItem | null>

/** An answer that depends on the time is another one soon after. */
const SOON = 3

/** Whether another call makes the same of an item. */
export async function makesAgain(
  call: Call,
  item: WireItem,
  made: WireItem | null,
): Promise<boolean> {
  await new Promise((resolve) => setTimeout(resolve, SOON))
  const again = await call(structuredClone(item))
  return made === null || again === null ? made === again : canonical(made) === canonical(again)
}

const canonical = (item: WireItem) => canonicalItem(item, WHOLE)

/** Whether a hook makes two items of one sample. Samples on which it fails say nothing. */
export async function isUnsteady(hooks: Hooks, samples: readonly WireItem[]): Promise<boolean> {
  const calls = new DeadlineCalls(new AbortController().signal)
  const { transform } = rulesOf(hooks, calls, new InFlight())
  if (transform === undefined) return false
  const call: Call = (item) => transform(item, '')
  const differ = await Promise.all(
    samples.map(async (item) => {
      try {
        return !(await makesAgain(call, item, await call(structuredClone(item))))
      } catch {
        return false
      }
    }),
  )
  return differ.includes(true)
}
