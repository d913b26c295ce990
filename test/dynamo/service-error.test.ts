/** JSON that is not a DynamoDB error is not taken for one. */

import {
  asFailure,
  hasNoAnswer,
  isHotKeyRange,
  isPassing,
} from '../../lib/dynamo/request/request-errors.ts'
import { serviceError } from '../../lib/dynamo/request/service-error.ts'
import { t } from '../support/tap.ts'

const CONTEXT = { operation: 'Scan', table: 0, label: 'x:T' }

const failureOf = (statusCode: number, body: string, headers = {}) => {
  const error = serviceError({ statusCode, headers }, Buffer.from(body))
  return asFailure(error, CONTEXT)
}

for (const [body, code] of [
  ['null', 'BAD_RESPONSE'],
  ['[]', 'BAD_RESPONSE'],
  ['"busy"', 'BAD_RESPONSE'],
  ['5', 'BAD_RESPONSE'],
  ['<html>', 'BAD_RESPONSE'],
  ['{"__type":5}', 'UNREACHABLE'],
  ['{"__type":null,"message":{"text":"no"}}', 'UNREACHABLE'],
  ['{"__type":["a"],"Message":7}', 'UNREACHABLE'],
  ['', 'UNREACHABLE'],
] as const) {
  t.test(`a refusal with the body ${body || 'of no bytes'} counts as transient`, async (t) => {
    const failure = failureOf(503, body)
    t.match(failure, { code, scope: 'segment' })
    t.ok(isPassing(failure))
    t.notOk(isHotKeyRange(failure))
  })
}

for (const reasons of ['{}', 'null', '"KeyRangeThroughputExceeded"', '[null,5,{"reason":7},{}]']) {
  t.test(`a throttled request with the reasons ${reasons} is no hot key range`, async (t) => {
    const failure = failureOf(
      400,
      `{"__type":"a.b#ThrottlingException","ThrottlingReasons":${reasons}}`,
    )
    t.match(failure, { code: 'THROTTLED' })
    t.notOk(isHotKeyRange(failure))
  })
}

// ThrottlingException, of on-demand tables, spells the field its own way (DynamoDB's API model).
for (const name of ['ThrottlingReasons', 'throttlingReasons']) {
  t.test(`a throttled request whose ${name} name a range of keys is a hot key range`, async (t) => {
    const reasons = [{ reason: 'TableReadKeyRangeThroughputExceeded', resource: 'arn' }]
    const body = { __type: 'a.b#ThrottlingException', [name]: reasons }
    t.ok(isHotKeyRange(failureOf(400, JSON.stringify(body))))
  })
}

t.test('throttling reasons are read in either spelling, even if the other is null', async (t) => {
  const reasons = [{ reason: 'IndexWriteKeyRangeThroughputExceeded' }]
  const body = { __type: 'x', ThrottlingReasons: null, throttlingReasons: reasons }
  t.ok(isHotKeyRange(failureOf(400, JSON.stringify(body))))
})

t.test('an answer that is not HTTP counts as transient', async (t) => {
  const error = Object.assign(new Error('Parse Error'), { code: 'HPE_INVALID_CONSTANT' })
  const failure = asFailure(error, CONTEXT)
  t.match(failure, { code: 'UNREACHABLE', scope: 'segment' })
  t.ok(isPassing(failure))
  t.notOk(hasNoAnswer(failure), 'it is no outage: somebody has answered')
})
