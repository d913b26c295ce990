/** The user's own rules: what a module given as `hooks` may export. */
import type { Milliseconds } from './units.ts'
import type { WireItem } from './wire.ts'

/** Where the rules come from. */
export interface HooksSource {
  /** The URL of an ES module. */
  readonly url: string
  /** How long the module may take to load. */
  readonly loadsWithin: Milliseconds
  /** Absent: the rules of a comparison. */
  readonly isForRevert?: true
}

/** What a trial of them gets. */
export interface HooksToTry extends HooksSource {
  /** Items that `transform` would be given. Absent: the module is only loaded. */
  readonly samples?: readonly WireItem[]
}

/**
 * An item as hooks get it: DynamoDB JSON, unless the module exports `items = 'plain'`. Plain values
 * lose nothing: numbers are `{ value: '1.0' }`, sets are `Set`, binary is `Uint8Array`.
 */
export type HookItem = WireItem | Readonly<Record<string, unknown>>

type Answer<T> = T | Promise<T>

/** A hook returns `'skip'` to keep the item from being repaired. */
// biome-ignore lint/suspicious/noConfusingVoidType: a hook that returns nothing is typed so
export type Skip = 'skip' | undefined | void

/**
 * tablesync awaits each hook, and may call it from several worker threads at the same time. A hook
 * that throws fails its item, and not the run. `replica` is the replica's name as it was given.
 */
export interface Hooks {
  readonly items?: 'dynamodb' | 'plain'
  /**
   * What an item of the master counts as from here on; null: as no item. It must answer the same
   * whenever it is given the same.
   */
  transform?(masterItem: HookItem): Answer<HookItem | null>
  /** Whether two items count as different. Only called for items that are not equal. */
  isItemDifferent?(masterItem: HookItem, replicaItem: HookItem): Answer<boolean>
  onMissing?(masterItem: HookItem, replica: string, key: HookItem): Answer<Skip>
  onDiffering?(
    masterItem: HookItem,
    replicaItem: HookItem,
    replica: string,
    key: HookItem,
  ): Answer<Skip>
  /** Called for every equal pair: this costs the parsing of both items. */
  onMatching?(
    masterItem: HookItem,
    replicaItem: HookItem,
    replica: string,
    key: HookItem,
  ): Answer<void>
  onExtra?(key: HookItem, replica: string): Answer<Skip>
  /**
   * Whether `tablesync revert` takes a change of an export back. `oldItem`: what the item was when
   * the window began, `newItem`: what it was at its end. Undefined: there was none.
   */
  shouldRevert?(
    oldItem: HookItem | undefined,
    newItem: HookItem | undefined,
    key: HookItem,
  ): Answer<boolean>
}

/** Those of a comparison, an apply or an undo. */
export const RUN_HOOKS = [
  'transform',
  'isItemDifferent',
  'onMissing',
  'onDiffering',
  'onMatching',
  'onExtra',
] as const satisfies readonly (keyof Hooks)[]

export const REVERT_HOOKS = ['shouldRevert'] as const satisfies readonly (keyof Hooks)[]
