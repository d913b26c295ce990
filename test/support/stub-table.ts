/** A table in memory, strict about what it is asked: enough of DynamoDB for tablesync, and no more. */
import { createHash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { canonicalNumber } from '../../lib/item/number.ts'
import type { KeyAttribute } from '../../lib/model/table.ts'
import type { WireItem, WireValue } from '../../lib/model/wire.ts'

/** A request's body, or a part of it. */
export interface Body {
  readonly [field: string]: unknown
}

/** What the service answers with an error type. */
export class Refusal extends Error {
  readonly type: string

  constructor(type: string, message: string) {
    super(message)
    this.type = type
  }
}

export const invalid = (message: string) => new Refusal('ValidationException', message)

export class StubTable {
  readonly name: string
  readonly key: readonly KeyAttribute[]
  /** The attribute that says when an item expires. */
  ttlAttribute: string | undefined
  /** What DescribeTable tells of it beside its key. */
  described: Body = {}
  /** Whether it tells number keys apart by their spelling, as some engines do and the service does not. */
  tellsSpellingsApart = false
  /** Writes past all requests. */
  othersWrites = 0
  readonly #items = new Map<string, WireItem>()

  constructor(name: string, key: readonly KeyAttribute[], items: Iterable<WireItem>) {
    this.name = name
    this.key = key
    for (const item of items) this.#items.set(this.#place(item), item)
  }

  /** In the order of a scan. */
  all(): WireItem[] {
    return [...this.#items].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item)
  }

  /** What somebody else writes, past all requests. */
  set(item: WireItem): void {
    this.othersWrites++
    this.#items.set(this.#place(item), item)
  }

  /** What somebody else deletes. */
  unset(key: WireItem): void {
    this.othersWrites++
    this.#items.delete(this.#placeOfKey(key))
  }

  /** Somebody deletes the table, and makes another one of its name. */
  makeAnew(described: Body, items: Iterable<WireItem> = []): void {
    this.othersWrites++
    this.described = described
    this.#items.clear()
    for (const item of items) this.#items.set(this.#place(item), item)
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
    const left = this.all().filter((item) => {
      const place = this.#place(item)
      const itsSegment = Math.floor((Number.parseInt(place.slice(0, 8), 16) / 2 ** 32) * total)
      return itsSegment === segment && place > after
    })
    const items = left.slice(0, Limit ?? left.length)
    const last = items.at(-1)
    return {
      Items: items,
      Count: items.length,
      ScannedCount: items.length,
      // A page that is full says so even where nothing follows, as the service does.
      ...(last !== undefined && items.length === Limit && { LastEvaluatedKey: this.keyOf(last) }),
      ConsumedCapacity: { TableName: this.name, CapacityUnits: Math.max(items.length, 1) / 2 },
    }
  }

  /** The items under the keys, with the attributes that were asked for. */
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
    this.#items.set(place, item)
  }

  /** Puts alone: tablesync deletes one by one. */
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
    this.#items.set(place, updated)
  }

  delete(body: Body): void {
    const place = this.#placeOfKey(body['Key'] as WireItem)
    const terms = new Terms(body)
    terms.check(this.#items.get(place), body['ConditionExpression'])
    terms.end()
    this.#items.delete(place)
  }

  keyOf(item: WireItem): WireItem {
    return picked(item, ([name]) => this.key.some((part) => part.name === name))
  }

  #placeOfKey(key: WireItem): string {
    if (Object.keys(key).length !== this.key.length) throw invalid('not exactly the key')
    return this.#place(key)
  }

  /** Where an item stands in scans: by the hash of its partition key, as in the service. */
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

/** As DynamoDB Local 1.25.1 refuses them, and the developer guide says ("Service quotas"). */
function limited(expression: unknown): void {
  const text = String(expression ?? '')
  if (Buffer.byteLength(text) > 4096) throw invalid('Expression size has exceeded the maximum')
  const operators = text.startsWith('SET') || text.startsWith('REMOVE') ? 0 : operatorsIn(text)
  if (operators > 300) throw invalid(`The expression contains ${operators} operators`)
}

/** A comparison or a function is one, and so is each AND. */
const operatorsIn = (condition: string) => 2 * condition.split(' AND ').length

/** Expressions of placeholders alone; each one declared has to be used. */
class Terms {
  readonly #names: ReadonlyMap<string, string>
  readonly #values: ReadonlyMap<string, WireValue>
  readonly #used = new Set<string>()

  constructor(body: Body) {
    for (const field of ['ConditionExpression', 'UpdateExpression']) limited(body[field])
    this.#names = new Map(
      Object.entries((body['ExpressionAttributeNames'] ?? {}) as Record<string, string>),
    )
    this.#values = new Map(Object.entries((body['ExpressionAttributeValues'] ?? {}) as WireItem))
  }

  check(item: WireItem | undefined, condition: unknown): void {
    if (condition === undefined) return
    const holds = String(condition)
      .split(' AND ')
      .map((term) => {
        const [, not, name] = /^attribute_(not_)?exists\((#\w+)\)$/.exec(term) ?? []
        if (name !== undefined) return this.#has(item, name) === (not === undefined)
        const [, left, right] = /^(#\w+)=(:\w+)$/.exec(term) ?? []
        if (left === undefined) throw invalid(`Cannot read ${term}`)
        const wanted = this.#value(right)
        return this.#has(item, left) && isDeepStrictEqual(item?.[this.#name(left)], wanted)
      })
    if (holds.includes(false)) {
      throw new Refusal('ConditionalCheckFailedException', 'The conditional request failed')
    }
  }

  apply(item: WireItem, update: unknown): WireItem {
    const [all, set, remove] = /^(?:SET (\S+))? ?(?:REMOVE (\S+))?$/.exec(String(update)) ?? []
    if (!all) throw invalid(`Cannot read ${update}`)
    const members = new Map(Object.entries(item))
    for (const assignment of set?.split(',') ?? []) {
      const [name, value] = assignment.split('=')
      members.set(this.#name(name), this.#value(value))
    }
    for (const name of remove?.split(',') ?? []) members.delete(this.#name(name))
    return Object.fromEntries(members)
  }

  /** @throws Refusal where a placeholder was declared for nothing */
  end(): void {
    const declared = [...this.#names.keys(), ...this.#values.keys()]
    const unused = declared.find((placeholder) => !this.#used.has(placeholder))
    if (unused !== undefined) throw invalid(`${unused} is declared and not used`)
  }

  #has(item: WireItem | undefined, placeholder: string | undefined): boolean {
    const name = this.#name(placeholder)
    return item !== undefined && Object.hasOwn(item, name)
  }

  #name(placeholder = ''): string {
    this.#used.add(placeholder)
    const name = this.#names.get(placeholder)
    if (name === undefined) throw invalid(`${placeholder} is not declared`)
    return name
  }

  #value(placeholder = ''): WireValue {
    this.#used.add(placeholder)
    const value = this.#values.get(placeholder)
    if (value === undefined) throw invalid(`${placeholder} is not declared`)
    return value
  }
}

function picked(item: WireItem, wanted: (member: [string, WireValue]) => boolean): WireItem {
  return Object.fromEntries(Object.entries(item).filter(wanted))
}
