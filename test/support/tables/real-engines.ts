/** The engines that a test of real items plays on, and items as they are sent and read there. */
import type { WireItem } from '../../../lib/model/wire.ts'
import { type Engine, startDynalite } from './dynalite.ts'
import { noJava, startDynamoDBLocal } from './dynamodb-local.ts'
import type { Item } from './tables.ts'

interface RealEngine {
  readonly name: string
  /** Why its tests are skipped, if they are. */
  readonly skip: string | false
  start(): Promise<Engine>
  /** Whether it takes updates that compare a map. */
  readonly takesMaps: boolean
}

export const REAL_ENGINES: readonly RealEngine[] = [
  { name: 'dynalite', skip: false, start: startDynalite, takesMaps: false },
  { name: 'DynamoDB Local', skip: noJava, start: startDynamoDBLocal, takesMaps: true },
]

export const asSdk = (item: WireItem): Item =>
  JSON.parse(JSON.stringify(item), (name, value) => {
    if (name === 'B' && typeof value === 'string') return Buffer.from(value, 'base64')
    return name === 'BS' ? value.map((one: string) => Buffer.from(one, 'base64')) : value
  }) as Item

/** Members and sets in their order, bytes as base64, numbers as `spelled` has them. */
export const canonical = (item: Item, spelled = (number: string) => number): string =>
  JSON.stringify(inOrder(item, spelled))

function inOrder(value: unknown, spelled: (number: string) => string): unknown {
  const ordered = (one: unknown) => inOrder(one, spelled)
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (Array.isArray(value)) return value.map(ordered)
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).map(([name, one]) => {
    if (name === 'N') return [name, spelled(String(one))] as const
    const isSet = name.endsWith('S') && Array.isArray(one)
    return [name, isSet ? one.map(ordered).sort() : ordered(one)] as const
  })
  return Object.fromEntries(members.sort(([a], [b]) => (a < b ? -1 : 1)))
}
