/** The user's own rules: what a module given as `hooks` may export. */
import type { Milliseconds } from './units.ts'
import type { WireItem } from './wire.ts'

/** Where the rules come from. */
export interface HooksSource {
  /** Of an ES module. */
  readonly url: string
  /** So long it may take to load. */
  readonly loadsWithin: Milliseconds
}

/**
 * DynamoDB JSON, unless the module exports `items = 'plain'`. Plain values lose
 * nothing: numbers are `{ value: '1.0' }`, sets are `Set`, binary is
 * `Uint8Array`.
 */
export type HookItem = WireItem | Readonly<Record<string, unknown>>

type Answer<T> = T | Promise<T>

/** `'skip'` keeps the item from being repaired. */
// biome-ignore lint/suspicious/noConfusingVoidType: a hook that returns nothing is typed so
export type Skip = 'skip' | undefined | void

/**
 * Each hook is awaited, and may be called from several worker threads at a
 * time. One that throws fails that item, and not the run. `replica` is the
 * replica's name as it was given.
 */
export interface Hooks {
  readonly items?: 'dynamodb' | 'plain'
  /** Whether two items count as different. Asked only for those that are not equal anyhow. */
  isItemDifferent?(masterItem: HookItem, replicaItem: HookItem): Answer<boolean>
  onMissing?(masterItem: HookItem, replica: string, key: HookItem): Answer<Skip>
  onDiffering?(
    masterItem: HookItem,
    replicaItem: HookItem,
    replica: string,
    key: HookItem,
  ): Answer<Skip>
  /** For every pair that is equal: it costs the parsing of each of them. */
  onMatching?(
    masterItem: HookItem,
    replicaItem: HookItem,
    replica: string,
    key: HookItem,
  ): Answer<void>
  onExtra?(key: HookItem, replica: string): Answer<Skip>
}

export const HOOK_NAMES = [
  'isItemDifferent',
  'onMissing',
  'onDiffering',
  'onMatching',
  'onExtra',
] as const satisfies readonly (keyof Hooks)[]
