/** Changes items of one answer of the master, and makes a page of what they have become. */
import { TablesyncError } from '../../errors.ts'
import { walkItems } from '../../item/bytes/walk.ts'
import { canonicalKeyOfText, type KeyText } from '../../item/key.ts'
import { type ItemPage, keyNames } from '../../item/page.ts'
import { type KeySchema, MASTER } from '../../model/tables/table.ts'
import type { WireItem } from '../../model/wire.ts'
import type { Changed, ItemChange } from './item-change.ts'
import type { SealedKeys } from './sealed-keys.ts'

/** What one item of the master has become. */
export type Became =
  | { readonly key: KeyText; readonly origin: string | undefined; readonly item: WireItem }
  | { readonly key: KeyText | undefined; readonly refused: TablesyncError }
  | 'absent'

export interface Original {
  readonly item: WireItem
  readonly key: KeyText
}

export interface Changing {
  readonly change: ItemChange
  readonly schema: KeySchema
  readonly sealed: SealedKeys
}

/** How many calls of a hook are under way at once. */
const AT_ONCE = 25

export async function changeAll(
  originals: readonly Original[],
  { change, schema, sealed }: Changing,
): Promise<readonly Became[]> {
  const became: Became[] = []
  for (let at = 0; at < originals.length; at += AT_ONCE) {
    const some = originals.slice(at, at + AT_ONCE)
    const changing = some.map(({ item }) => change.of(item))
    const isAsync = changing.some((one) => one instanceof Promise)
    const changed = isAsync ? await Promise.all(changing) : (changing as Changed[])
    for (const [index, { key }] of some.entries()) {
      became.push(becameOf(changed[index] as Changed, key))
    }
  }
  if (!change.mayChangeKeys) return became
  const canonical = (key: KeyText) => canonicalKeyOfText(key, schema)
  const claiming = became.flatMap((one, at) =>
    one === 'absent' || !('item' in one) ? [] : [{ at, key: one.key }],
  )
  const collided = await change.claim(
    claiming.map(({ at, key }) => ({
      key: canonical(key),
      origin: canonical((originals[at] as Original).key),
    })),
  )
  for (const claim of collided) {
    const { at, key } = claiming[claim] as (typeof claiming)[number]
    became[at] = { key, refused: collision() }
  }
  return became

  function becameOf(changed: Changed, key: KeyText): Became {
    if (changed === 'absent') return changed
    if ('refused' in changed) {
      const named = changed.key && keyText(changed.key, schema)
      return { key: named, refused: changed.refused }
    }
    const { item } = changed
    const itsKey = keyText(item, schema)
    const isSame = canonicalKeyOfText(itsKey, schema) === canonicalKeyOfText(key, schema)
    if (isSame) return { key, origin: undefined, item: { ...item, ...(JSON.parse(key) as object) } }
    if (change.mayChangeKeys) return { key: itsKey, origin: sealed.seal(key), item }
    return { key, refused: otherKey() }
  }
}

const keyText = (item: WireItem, schema: KeySchema): KeyText =>
  JSON.stringify(Object.fromEntries(schema.map(({ name }) => [name, item[name]])))

/** The attribute that no item can have: no item equals one that has it. */
const NO_ATTRIBUTE = { '': { NULL: true } } as const

/** A page of those that have become an item, or of which nothing but the key is known. */
export function pageOf(
  became: readonly (Exclude<Became, 'absent'> & { readonly key: KeyText })[],
  schema: KeySchema,
): ItemPage {
  const items = became.map((one) =>
    'item' in one ? one.item : { ...(JSON.parse(one.key) as WireItem), ...NO_ATTRIBUTE },
  )
  const { page } = walkItems(Buffer.from(JSON.stringify(items)), 0, keyNames(schema))
  const refusals = became.flatMap((one, at) =>
    'refused' in one ? [[at, one.refused] as const] : [],
  )
  const origins = became.map((one) => ('item' in one ? one.origin : undefined))
  return {
    ...page,
    ...(refusals.length > 0 && { refusals: new Map(refusals) }),
    ...(origins.some((origin) => origin !== undefined) && { origins }),
  }
}

const ofItem = (message: string, code: TablesyncError['code'], hint: string) =>
  new TablesyncError(message, { code, scope: 'item', table: MASTER, hint })

const collision = () =>
  ofItem(
    'two items of the master become this key',
    'KEY_COLLISION',
    'Neither is written from here on. Choose rules that keep keys apart.',
  )

const otherKey = () =>
  ofItem(
    'the hook transform changed the key, which this run does not allow',
    'HOOK_FAILED',
    'Leave out --checkpoint, or keep the key.',
  )
