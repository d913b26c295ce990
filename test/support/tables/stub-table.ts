/** An in-memory table, strict about requests: enough of DynamoDB for tablesync, and no more. */
import { createHash } from 'node:crypto'
import { canonicalNumber } from '../../../lib/item/number.ts'
import type { KeyAttribute } from '../../../lib/model/tables/table.ts'
import type { WireItem, WireValue } from '../../../lib/model/wire.ts'
import { type Body, invalid, Terms } from './stub-terms.ts'

export class StubTable {
  readonly name: string
  readonly key: readonly KeyAttribute[]
  /** The attribute that says when an item expires. */
  ttlAttribute: string | undefined
  /** What DescribeTable says about it besides its key. */
  described: Body = {}
  /** Whether number keys with different spellings are different keys, as on some engines. */
  tellsSpellingsApart = false
  /** Writes that did not come as requests. */
  othersWrites = 0
  readonly #items = new Map<string, WireItem>()
  /** Hash and key of each item in scan order, until an item is added or removed. */
  #order: readonly string[] | undefined

  constructor(name: string, key: readonly KeyAttribute[], items: Iterable<WireItem>) {
    this.name = name
    this.key = key
    for (const item of items) this.#keep(this.#place(item), item)
  }

  /** All items in scan order. */
  all(): WireItem[] {
    return this.#places().map((place) => this.#items.get(place) as WireItem)
  }

  /** A write by somebody else, without a request. */
  set(item: WireItem): void {
    this.othersWrites++
    this.#keep(this.#place(item), item)
  }

  /** A deletion by somebody else. */
  unset(key: WireItem): void {
    this.othersWrites++
    this.#drop(this.#placeOfKey(key))
  }

  /** Somebody deletes the table, and creates another one with its name. */
  makeAnew(described: Body, items: Iterable<WireItem> = []): void {
    this.othersWrites++
    this.described = described
    this.#items.clear()
    this.#order = undefined
    for (const item of items) this.#keep(this.#place(item), item)
  }

  at(key: WireItem): WireItem | undefined {
    return this.#items.get(this.#placeOfKey(key))
  }

  describe(): Body {
    return {
      Table: {
        TableName: this.name,
        TableStatus: 'ACTIVE',
        KeySchema: this.key.map(({ name }, part) => ({
          AttributeName: name,
          KeyType: part === 0 ? 'HASH' : 'RANGE',
        })),
        AttributeDefinitions: this.key.map(({ name, type }) => ({
          AttributeName: name,
          AttributeType: type,
        })),
        ...this.described,
      },
    }
  }

  describeTimeToLive(): Body {
    const isOn = this.ttlAttribute !== undefined
    return {
      TimeToLiveDescription: isOn
        ? { TimeToLiveStatus: 'ENABLED', AttributeName: this.ttlAttribute }
        : { TimeToLiveStatus: 'DISABLED' },
    }
  }

  scan(body: Body): Body {
    const { Segment, TotalSegments, Limit, ExclusiveStartKey } = body as {
      readonly [field in 'Segment' | 'TotalSegments' | 'Limit']?: number
    } & { readonly ExclusiveStartKey?: WireItem }
    const segment = Segment ?? 0
    const total = TotalSegments ?? 1
    if (segment < 0 || segment >= total) throw invalid('Segment is not below TotalSegments')
    const after = ExclusiveStartKey === undefined ? '' : this.#place(ExclusiveStartKey)
    const places = this.#places()
    const inSegment = (place: string) =>
      Math.floor((Number.parseInt(place.slice(0, 8), 16) / 2 ** 32) * total) - segment
    const from = firstWhere(places, (place) => inSegment(place) >= 0 && place > after)
    const to = firstWhere(places, (place) => inSegment(place) > 0)
    const left = places.slice(from, to)
    const items = left.slice(0, Limit).map((place) => this.#items.get(place) as WireItem)
    const last = items.at(-1)
    const chosen = filtered(items, body)
    return {
      Items: chosen,
      Count: chosen.length,
      ScannedCount: items.length,
      // A full page has a cursor even where nothing follows, as in the service.
      ...(last !== undefined && items.length === Limit && { LastEvaluatedKey: this.keyOf(last) }),
      ConsumedCapacity: { TableName: this.name, CapacityUnits: Math.max(items.length, 1) / 2 },
    }
  }

  /** One item at most: tablesync asks for a whole key. */
  query(body: Body): Body {
    const terms = new Terms(body)
    const condition = body['KeyConditionExpression']
    const items = this.all().filter((item) => terms.holds(item, condition))
    const used = String(body['FilterExpression']).match(/#\w+/g) ?? []
    const names = (body['ExpressionAttributeNames'] ?? {}) as Readonly<Record<string, string>>
    if (used.some((name) => this.key.some((part) => part.name === names[name]))) {
      throw invalid('Filter Expression can only contain non-primary key attributes')
    }
    const chosen = filtered(items, body)
    return {
      Items: chosen,
      Count: chosen.length,
      ScannedCount: items.length,
      ConsumedCapacity: { TableName: this.name, CapacityUnits: 1 },
    }
  }

  /** The items with these keys, and of them the requested attributes. */
  get(request: Body): WireItem[] {
    const { Keys, ProjectionExpression, ExpressionAttributeNames } = request as {
      readonly Keys: readonly WireItem[]
      readonly ProjectionExpression?: string
      readonly ExpressionAttributeNames?: Readonly<Record<string, string>>
    }
    if (Keys.length === 0 || Keys.length > 100) throw invalid('Too many items requested')
    const places = Keys.map((key) => this.#placeOfKey(key))
    if (new Set(places).size < places.length) throw invalid('keys contains duplicates')
    const found = places.map((place) => this.#items.get(place)).filter((item) => item !== undefined)
    if (ProjectionExpression === undefined) return found
    const names = ProjectionExpression.split(',').map((name) => ExpressionAttributeNames?.[name])
    return found.map((item) => picked(item, ([name]) => names.includes(name)))
  }

  put(body: Body): void {
    const item = body['Item'] as WireItem
    const place = this.#place(item)
    const terms = new Terms(body)
    terms.check(this.#items.get(place), body['ConditionExpression'])
    terms.end()
    this.#keep(place, item)
  }

  /** Only puts: tablesync deletes one by one. */
  putAll(requests: readonly Body[]): void {
    if (requests.length === 0 || requests.length > 25) throw invalid('Too many items requested')
    const items = requests.map(({ PutRequest }) => (PutRequest as { Item: WireItem }).Item)
    const places = items.map((item) => this.#place(item))
    if (new Set(places).size < places.length) throw invalid('items contain duplicates')
    for (const item of items) this.put({ Item: item })
  }

  update(body: Body): void {
    const key = body['Key'] as WireItem
    const place = this.#placeOfKey(key)
    const terms = new Terms(body)
    terms.check(this.#items.get(place), body['ConditionExpression'])
    const updated = terms.apply(this.#items.get(place) ?? key, body['UpdateExpression'])
    terms.end()
    if (this.#place(updated) !== place) throw invalid('Cannot update a part of the key')
    this.#keep(place, updated)
  }

  delete(body: Body): void {
    const place = this.#placeOfKey(body['Key'] as WireItem)
    const terms = new Terms(body)
    terms.check(this.#items.get(place), body['ConditionExpression'])
    terms.end()
    this.#drop(place)
  }

  keyOf(item: WireItem): WireItem {
    return picked(item, ([name]) => this.key.some((part) => part.name === name))
  }

  #places(): readonly string[] {
    this.#order ??= [...this.#items.keys()].sort()
    return this.#order
  }

  #keep(place: string, item: WireItem): void {
    if (!this.#items.has(place)) this.#order = undefined
    this.#items.set(place, item)
  }

  #drop(place: string): void {
    if (this.#items.delete(place)) this.#order = undefined
  }

  #placeOfKey(key: WireItem): string {
    if (Object.keys(key).length !== this.key.length) throw invalid('not exactly the key')
    return this.#place(key)
  }

  /** Where an item is in scans: by the hash of its partition key, as in the service. */
  #place(item: WireItem): string {
    const parts = this.key.map(({ name, type }) => {
      const value = item[name] as { readonly [type: string]: string } | undefined
      const text = value?.[type]
      if (typeof text !== 'string') throw invalid(`key ${name} is not of type ${type}`)
      return type === 'N' && !this.tellsSpellingsApart ? canonicalNumber(text) : text
    })
    return [
      createHash('md5')
        .update(parts[0] ?? '')
        .digest('hex'),
      ...parts,
    ].join(' ')
  }
}

/** Each placeholder has its use in the filter, or in the condition on the key. */
function filtered(items: readonly WireItem[], body: Body): readonly WireItem[] {
  const { FilterExpression: filter, KeyConditionExpression: condition } = body
  if (filter === undefined) return items
  const terms = new Terms(body)
  if (condition !== undefined) terms.holds(undefined, condition)
  const chosen = items.filter((item) => terms.holds(item, filter))
  if (items.length > 0) terms.end()
  return chosen
}

/**
 * The position of the first place that satisfies `isOne`, by binary search: all later places do.
 */
function firstWhere(places: readonly string[], isOne: (place: string) => boolean): number {
  let [low, high] = [0, places.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (isOne(places[middle] as string)) high = middle
    else low = middle + 1
  }
  return low
}

function picked(item: WireItem, wanted: (member: [string, WireValue]) => boolean): WireItem {
  return Object.fromEntries(Object.entries(item).filter(wanted))
}
