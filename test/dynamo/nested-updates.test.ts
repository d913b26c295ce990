/**
 * Updates where not everything is compared: whatever somebody does to the item meanwhile, nothing
 * is touched but compared places, and those only as they were seen. The stub's own evaluator plays
 * thousands of them, and DynamoDB Local plays a sample and has to agree with it.
 */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { obstacleTo, updateTo } from '../../lib/dynamo/update-expression.ts'
import type { WireItem, WireValue } from '../../lib/model/wire.ts'
import { comparedUnder } from '../item/compared-under.ts'
import {
  ANY,
  equalUnder,
  type Places,
  places,
  type Rules,
  samePlaces,
} from '../item/places-oracle.ts'
import { drifted, randomItem, randomRules } from '../item/random-places.ts'
import { sameItem, sameValue } from '../item/reference.ts'
import { anyChoices, type Choose, choices } from '../support/arbitrary.ts'
import { ID_KEY } from '../support/pages.ts'
import { noJava, startDynamoDBLocal } from '../support/tables/dynamodb-local.ts'
import { StubTable } from '../support/tables/stub-table.ts'
import { makeTable } from '../support/tables/tables.ts'
import { type Test, t } from '../support/tap.ts'
import { casesToPlay } from '../support/thorough.ts'

const RUNS = { numRuns: 6000 }
const KEY = { id: { S: 'one' } }

interface Case {
  readonly wanted: WireItem
  readonly seen: WireItem
  readonly rules: Rules
  readonly choose: Choose
}

const cases = anyChoices.map((choose): Case => {
  const wanted = { ...KEY, ...(choose(2) === 0 ? randomItem(choose) : deepItem(choose)) }
  const seen = { ...KEY, ...drifted(randomItemLike(wanted, choose), choose, 1 + choose(3)) }
  const rules = randomRules(choose, [wanted, seen])
  return { wanted, seen, rules, choose: choices(choose(1 << 30)) }
})

/** Maps in which there is much to compare and to leave. */
const deepItem = (choose: Choose): WireItem => ({
  a: { M: { ...randomItem(choose), b: { M: randomItem(choose) } } },
  c: { M: randomItem(choose) },
})

const randomItemLike = ({ id: _, ...item }: WireItem, choose: Choose) =>
  choose(8) === 0 ? randomItem(choose) : item

const others = (item: WireItem, rules: Rules) => places(item, rules, 'others')

/** The update as a request. Undefined: there is nothing to write, or something is in the way. */
function requestOf({ wanted, seen, rules }: Case) {
  const shape = { schema: ID_KEY, compared: comparedUnder(rules) }
  if (equalUnder(rules, wanted, seen) || obstacleTo(wanted, seen, shape)) return undefined
  const { update, condition, names, values, complete, isPartial, apply } = updateTo(
    wanted,
    seen,
    shape,
  )
  assert.ok(complete && !isPartial)
  const hasValues = Object.keys(values).length > 0
  const body = {
    Key: KEY,
    UpdateExpression: update,
    ConditionExpression: condition,
    ExpressionAttributeNames: names,
    ...(hasValues && { ExpressionAttributeValues: values }),
  }
  return { body, apply }
}

/** The item after the request, if it was as given. Undefined: the condition did not hold. */
function after(item: WireItem, body: object): WireItem | undefined {
  const table = new StubTable('T', ID_KEY, [item])
  try {
    table.update(body as never)
  } catch (error) {
    if ((error as { readonly type?: string }).type !== 'ConditionalCheckFailedException')
      throw error
    return undefined
  }
  return table.all()[0]
}

const told = { written: 0, nested: 0, moved: 0, refused: 0, raced: 0, obstacles: 0 }

t.test('an update makes compared places equal, and touches no other', async (t) => {
  fc.assert(
    fc.property(cases, (given) => {
      const { wanted, seen, rules } = given
      const request = requestOf(given)
      if (request === undefined) return
      told.written++
      if (/(SET|REMOVE) \S*\./.test(request.body.UpdateExpression)) told.nested++
      const now = after(seen, request.body)
      assert.ok(now !== undefined)
      assert.ok(equalUnder(rules, wanted, now))
      assert.ok(samePlaces(others(now, rules), others(seen, rules)))
      assert.ok(sameItem(request.apply(seen), now))
    }),
    RUNS,
  )
  t.ok(told.written > 1500, `${told.written} were written`)
  t.ok(told.nested > 300, `${told.nested} of them inside attributes`)
})

t.test('what is not compared may move under an update', async (t) => {
  fc.assert(
    fc.property(cases, (given) => {
      const { wanted, seen, rules, choose } = given
      const request = requestOf(given)
      const moved = withMoved(seen, others(seen, rules), choose)
      if (request === undefined || moved === undefined) return
      told.moved++
      const now = after(moved, request.body)
      assert.ok(now !== undefined, 'it was no reason to refuse the write')
      assert.ok(equalUnder(rules, wanted, now))
      assert.ok(samePlaces(others(now, rules), others(moved, rules)))
    }),
    RUNS,
  )
  t.ok(told.moved > 1000, `${told.moved} had moved`)
})

t.test('an update is refused if a compared place is not as it was seen', async (t) => {
  fc.assert(
    fc.property(cases, (given) => {
      const { seen, rules, choose } = given
      const request = requestOf(given)
      const moved = withMoved(seen, places(seen, rules, 'compared'), choose)
      if (request === undefined || moved === undefined) return
      told.refused++
      assert.equal(after(moved, request.body), undefined)
    }),
    RUNS,
  )
  t.ok(told.refused > 1000, `${told.refused} were refused`)
})

t.test('whatever somebody does meanwhile, only what was seen is replaced', async (t) => {
  fc.assert(
    fc.property(cases, (given) => {
      const { seen, rules, choose } = given
      const request = requestOf(given)
      if (request === undefined) return
      const { id: _, ...bare } = seen
      const raced = { ...KEY, ...drifted(bare, choose, 1 + choose(3)) }
      const now = after(raced, request.body)
      if (now === undefined) return
      told.raced++
      assert.ok(samePlaces(others(now, rules), others(raced, rules)))
      const [was, asSeen, is] = [raced, seen, now].map((one) => places(one, rules, 'compared'))
      for (const [at, value] of was as Places) {
        const isReplaced = !sameAt(is as Places, at, value)
        if (isReplaced) assert.ok(sameAt(asSeen as Places, at, value), at)
      }
    }),
    RUNS,
  )
  t.ok(told.raced > 300, `${told.raced} were written all the same`)
})

t.test('a list that is compared in part stays a list, and as long as it is', async (t) => {
  const S = (text: string) => ({ S: text })
  const item = (n: string, tags: WireValue): WireItem => ({ ...KEY, n: S(n), tags })
  const list = (...elements: WireItem[]): WireValue => ({ L: elements.map((M) => ({ M })) })
  const one = { id: S('1'), text: S('a') }
  const inside: Rules = { ignore: [['tags', ANY, 'id']] }
  const elements: Rules = { ignore: [['tags', ANY]] }
  const chosen: Rules = { only: [['n'], ['tags', ANY, 'text']] }
  for (const [what, rules, seen, raced, isWritten] of [
    ['an element is added', inside, list(one), list(one, one), false],
    ['an element is added to none', inside, list(), list(one), false],
    ['an element goes', inside, list(one, one), list(one), false],
    ['a list becomes a map', inside, list(), { M: {} }, false],
    ['a map becomes a list', inside, { M: {} }, list(), false],
    ['an ignored place moves', inside, list(one), list({ ...one, id: S('2') }), true],
    ['ignored elements are added', elements, list(one), list(one, one), true],
    ['a list of ignored elements becomes a map', elements, list(), { M: {} }, false],
    ['a chosen place is added', chosen, list(one), list(one, one), false],
    ['what is not chosen is added', chosen, list(one), list(one, { id: S('2') }), true],
    ['a list becomes a map, and nothing is chosen there', chosen, list(), { M: {} }, true],
  ] as [string, Rules, WireValue, WireValue, boolean][]) {
    const request = requestOf({
      wanted: item('new', seen),
      seen: item('old', seen),
      rules,
      choose: choices(1),
    })
    const now = after(item('old', raced), request?.body ?? {})
    t.strictSame(now, isWritten ? item('new', raced) : undefined, what)
  }
})

t.test('an update that could not spare what is not compared says why', async (t) => {
  fc.assert(
    fc.property(cases, ({ wanted, seen, rules }) => {
      const shape = { schema: ID_KEY, compared: comparedUnder(rules) }
      const obstacle = obstacleTo(wanted, seen, shape)
      if (obstacle === undefined) return
      told.obstacles++
      assert.match(obstacle, /^(the (replica|master) has no|the list|\S.* is no map on both)/)
      assert.ok(!equalUnder(rules, wanted, seen))
      const inParts = [...(rules.ignore ?? []), ...(rules.only ?? [])].some(
        (path) => path.length > 1,
      )
      assert.ok(inParts)
      assert.throws(() => updateTo(wanted, seen, shape))
    }),
    RUNS,
  )
  t.ok(told.obstacles > 200, `${told.obstacles} had an obstacle`)
})

const PLAYED = casesToPlay(400, 40, 'TABLESYNC_TEST_UPDATES')

t.test('DynamoDB Local carries updates out as the stub does', { skip: noJava }, async (t) => {
  const send = await localTable(t)
  let played = 0
  let refused = 0
  for (let seed = 1; played < PLAYED; seed++) {
    const given = fc.sample(cases, { numRuns: 1, seed })[0] as Case
    const { seen, choose } = given
    const request = requestOf(given)
    if (request === undefined) continue
    const { id: _, ...bare } = seen
    const raced = choose(2) === 0 ? seen : { ...KEY, ...drifted(bare, choose, 1 + choose(2)) }
    await send('PutItem', { Item: raced })
    const answer = await send('UpdateItem', request.body)
    const isRefused = answer.__type?.endsWith('ConditionalCheckFailedException') === true
    if (answer.__type !== undefined && !isRefused) t.fail(`seed ${seed}: ${JSON.stringify(answer)}`)
    const { Item: now } = await send('GetItem', { Key: KEY, ConsistentRead: true })
    const expected = after(raced, request.body)
    if (!sameItem(now as WireItem, expected ?? raced)) t.fail(`seed ${seed} ended otherwise`)
    if (isRefused !== (expected === undefined)) t.fail(`seed ${seed} was judged otherwise`)
    played++
    if (isRefused) refused++
  }
  t.ok(refused > PLAYED / 8 && refused < PLAYED * 0.875, `${refused} of ${played} were refused`)
})

/** A table on DynamoDB Local, which is sent bodies as they are. */
async function localTable(t: Test) {
  const { endpoint, stop } = await startDynamoDBLocal()
  t.teardown(stop)
  const { name } = await makeTable(endpoint)
  return async (operation: string, body: object) => {
    const answer = await fetch(endpoint, {
      method: 'POST',
      headers: {
        'x-amz-target': `DynamoDB_20120810.${operation}`,
        'content-type': 'application/x-amz-json-1.0',
        authorization:
          'AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
      },
      body: JSON.stringify({ TableName: name, ...body }),
    })
    return (await answer.json()) as { readonly __type?: string; readonly Item?: WireItem }
  }
}

t.test(
  'DynamoDB Local takes the largest conditions, and deep paths',
  { skip: noJava },
  async (t) => {
    const send = await localTable(t)
    const rules: Rules = { ignore: [['a', 'seen']] }
    const wide = (members: number, text: string): WireItem => {
      const others = Array.from({ length: members }, (_, at) => [`m${at}`, { S: 'x' }] as const)
      return {
        ...KEY,
        a: { M: { ...Object.fromEntries(others), text: { S: text }, seen: { S: text } } },
      }
    }
    let most = 0
    const fits = (members: number) =>
      obstacleTo(wide(members, 'new'), wide(members, 'old'), {
        schema: ID_KEY,
        compared: comparedUnder(rules),
      }) === undefined
    while (most < 300 && fits(most + 1)) most++
    t.ok(most > 140 && most < 150, `${most} members beside the one that differs`)
    const deep = (text: string) => {
      const seen = Array.from({ length: 28 }).reduce<WireValue>(
        (value) => ({ M: { a: value, b: { S: 'x' } } }),
        { M: { text: { S: text }, seen: { S: text } } },
      )
      return { ...KEY, a: seen }
    }
    const deepRules: Rules = { ignore: [[...Array.from({ length: 29 }, () => 'a'), 'seen']] }
    for (const [wanted, seen, of] of [
      [wide(most, 'new'), wide(most, 'old'), rules],
      [deep('new'), deep('old'), deepRules],
    ] as const) {
      await send('PutItem', { Item: seen })
      const request = requestOf({ wanted, seen, rules: of, choose: choices(1) })
      t.strictSame(await send('UpdateItem', request?.body ?? {}), {})
      const { Item: now } = await send('GetItem', { Key: KEY, ConsistentRead: true })
      t.ok(equalUnder(of, now as WireItem, wanted))
      t.ok(samePlaces(others(now as WireItem, of), others(seen, of)))
    }
  },
)

function sameAt(all: Places, at: string, value: object): boolean {
  const other = all.get(at)
  return other !== undefined && sameValue(other as never, value as never)
}

/** The item with another value at one of the places that hold no map or list. */
function withMoved(item: WireItem, movable: Places, choose: Choose): WireItem | undefined {
  const leaves = [...movable].filter(
    ([at, value]) => !('M' in value || 'L' in value || at === '["id"]'),
  )
  const [at] = leaves[choose(Math.max(leaves.length, 1))] ?? []
  if (at === undefined) return undefined
  const moved = movedAt({ M: item }, JSON.parse(at))
  return 'M' in moved ? moved.M : undefined
}

function movedAt(value: WireValue, [step, ...more]: readonly (string | number)[]): WireValue {
  if (step === undefined) return { S: 'moved' }
  if ('M' in value) {
    const members = Object.entries(value.M).map(
      ([name, one]) => [name, name === step ? movedAt(one, more) : one] as const,
    )
    return { M: Object.fromEntries(members) }
  }
  if (!('L' in value)) throw new Error('no place')
  return { L: value.L.map((one, at) => (at === step ? movedAt(one, more) : one)) }
}
