/** Where a scan goes on after a page whose last key no checksum vouches for. */
import { crc32 } from 'node:zlib'
import { scanner } from '../../lib/dynamo/scan.ts'
import { itemClient, serveTable } from '../support/tables/served-table.ts'
import { type Test, t } from '../support/tap.ts'

const WHOLE =
  '{"Count":1,"Items":[{"id":{"S":"item-5"}}],"ScannedCount":1,"LastEvaluatedKey":{"id":{"S":"item-5"}}}'
const GARBLED = WHOLE.replace('Key":{"id":{"S":"item-5', 'Key":{"id":{"S":"item-7')

/** A table whose answers are given, one after the other; the last one again and again. */
async function scanOf(t: Test, answers: readonly string[], { isSummed = false } = {}) {
  let requests = 0
  const access = await serveTable(t, (request, response) => {
    request.resume().on('end', () => {
      const answer = Buffer.from(answers[Math.min(requests++, answers.length - 1)] as string)
      if (isSummed) response.setHeader('x-amz-crc32', crc32(answer))
      response.end(answer)
    })
  })
  const client = await itemClient(t, access)
  const page = await scanner(client)({ segment: 0, totalSegments: 1, consistent: false }, undefined)
  return { key: page.lastEvaluatedKey, requests }
}

const keyOf = (number: number) => `{"id":{"S":"item-${number}"}}`

t.test('A page is requested again whose last key is not that of its last item', async (t) => {
  t.same(await scanOf(t, [GARBLED, WHOLE]), { key: keyOf(5), requests: 2 })
  t.same(await scanOf(t, [WHOLE.replace('"id"', '"ie"'), WHOLE]), { key: keyOf(5), requests: 2 })
  const nameless = WHOLE.replace('LastEvaluatedKey', 'LastEvaluatedKez')
  t.same(await scanOf(t, [nameless, WHOLE]), { key: keyOf(5), requests: 2 })
})

t.test('An engine that stops elsewhere is believed when it says so twice', async (t) => {
  t.same(await scanOf(t, [GARBLED]), { key: keyOf(7), requests: 2 })
  const other = WHOLE.replace('Key":{"id":{"S":"item-5', 'Key":{"id":{"S":"item-6')
  t.same(await scanOf(t, [GARBLED, other, GARBLED, GARBLED]), { key: keyOf(7), requests: 4 })
})

t.test('A checksum vouches for the last key', async (t) => {
  t.same(await scanOf(t, [GARBLED], { isSummed: true }), { key: keyOf(7), requests: 1 })
})
