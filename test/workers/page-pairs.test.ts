/**
 * Two scans aligned page by page, against what is true of the tables.
 * `TABLESYNC_TEST_PAIRS`: how many pairs of pages.
 */
import assert from 'node:assert/strict'
import { ownBody } from '../../lib/item/bytes/response-body.ts'
import { readScanPage } from '../../lib/item/bytes/scan-answer.ts'
import { itemComparer, parseItem } from '../../lib/item/compare.ts'
import { openDigest } from '../../lib/item/digest.ts'
import { endsAtItsLastItem } from '../../lib/item/last-key.ts'
import { type ItemPage, keyNames } from '../../lib/item/page.ts'
import { BY_DEFAULT } from '../../lib/item/places/compared.ts'
import { Alignment, type Side } from '../../workers/compare/alignment.ts'
import { type Choose, choices } from '../support/arbitrary.ts'
import { ID_KEY } from '../support/pages.ts'
import { t } from '../support/tap.ts'
import { casesToPlay } from '../support/thorough.ts'
import { type RandomTables, randomTables, type Truth } from './random-tables.ts'

const PAIRS = casesToPlay(100_000, 3_000, 'TABLESYNC_TEST_PAIRS')
const SEED = Number(process.env['TABLESYNC_TEST_SEED'] ?? 1)

const names = keyNames(ID_KEY)
const comparer = itemComparer(await openDigest(), BY_DEFAULT)

const idOf = (page: ItemPage, item: number) =>
  (parseItem(page, item)['id'] as { readonly S: string }).S

interface Found extends Omit<Truth, 'same'> {
  readonly same: number
}

/** As if it had come over the network: its bytes are overwritten once the page is given back. */
function received(answer: Buffer, isVerified: boolean) {
  return readScanPage(
    { ...ownBody(answer, isVerified), giveBack: () => void answer.fill('x') },
    names,
  )
}

type Answers = { readonly [side in Side]: readonly Buffer[] }

function aligned(answers: Answers, choose: Choose, isVerified: boolean): Found {
  const found = {
    same: 0,
    differing: [] as string[],
    missing: [] as string[],
    extra: [] as string[],
  }
  const wantsEach = choose(6) === 0
  const alike = (count: number) => {
    found.same += count
  }
  const alignment = new Alignment(
    { schema: ID_KEY, windowBytes: 4 << 20 },
    {
      alike: wantsEach ? undefined : alike,
      pair(master, i, replica, j) {
        assert.equal(idOf(master, i), idOf(replica, j))
        if (comparer.equal(master, i, replica, j)) found.same++
        else found.differing.push(idOf(master, i))
      },
      alone(side, { page, item }) {
        found[side === 'master' ? 'missing' : 'extra'].push(idOf(page, item))
      },
      again() {},
    },
  )
  const next = { master: 0, replica: 0 }
  for (;;) {
    const need = alignment.advance()
    if (need === 'end') return found
    if (need === 'heed') continue
    if (need === 'probe') alignment.direct('both')
    else {
      const answer = answers[need][next[need]++]
      alignment.feed(need, answer && received(answer, isVerified))
    }
  }
}

const asBytes = ({ master, replica }: RandomTables): Answers => ({
  master: master.map((answer) => Buffer.from(answer)),
  replica: replica.map((answer) => Buffer.from(answer)),
})

const sorted = (keys: readonly string[]) => [...keys].sort()

function checkPair(seed: number): number {
  const choose = choices(seed)
  const tables = randomTables(choose)
  const { truth } = tables
  const found = aligned(asBytes(tables), choose, choose(2) === 0)
  assert.equal(found.same, truth.same.length)
  for (const kind of ['differing', 'missing', 'extra'] as const) {
    assert.deepEqual(sorted(found[kind]), sorted(truth[kind]))
  }
  return Math.min(tables.master.length, tables.replica.length)
}

t.test(`an alignment finds what is true of ${PAIRS} pairs of pages`, async (t) => {
  let pairs = 0
  for (let seed = SEED; pairs < PAIRS; seed++) {
    try {
      pairs += checkPair(seed)
    } catch (error) {
      t.fail(`TABLESYNC_TEST_SEED=${seed}: ${(error as Error).stack}`)
      return
    }
  }
  t.pass(`${pairs} pairs`)
})

/** `refused`: the answer would be requested again, or its segment fails. */
function checkFlip(seed: number): 'refused' | 'noticed' | 'harmless' {
  const choose = choices(seed)
  const tables = randomTables(choose)
  const { truth } = tables
  const answers = asBytes(tables)
  const side: Side = choose(2) === 0 ? 'master' : 'replica'
  const at = choose(answers[side].length)
  const flipped = answers[side][at] as Buffer
  const before = JSON.parse(flipped.toString()).LastEvaluatedKey as object | undefined
  const byte = choose(flipped.length)
  flipped[byte] = (flipped[byte] as number) ^ (1 << choose(8))
  let found: Found
  try {
    const page = received(Buffer.from(flipped), false)
    // The scan asks again.
    if (!endsAtItsLastItem(page, ID_KEY)) return 'refused'
    const { lastEvaluatedKey: key } = page
    // It would go on elsewhere, or end.
    assert.deepEqual(key === undefined ? undefined : JSON.parse(key), before)
    found = aligned(answers, choose, false)
  } catch (error) {
    if ((error as { code?: string }).code === 'BAD_RESPONSE' || error instanceof SyntaxError) {
      return 'refused'
    }
    throw error
  }
  // Only the one item may look otherwise, and is read again: it is suspect under its own key, or
  // under the key that it was garbled to, which may be that of another item.
  const isSuspect = new Set([...found.differing, ...found.missing, ...found.extra])
  const unnoticed = [...truth.differing, ...truth.missing, ...truth.extra].filter(
    (key) => !isSuspect.has(key),
  )
  const wronged = truth.same.length - found.same
  assert.ok(unnoticed.length <= 1 && wronged <= 2 && wronged >= -1, `${unnoticed} ${wronged}`)
  const isNoticed = wronged !== 0 || unnoticed.length > 0
  return isNoticed ? 'noticed' : 'harmless'
}

const FLIPS = PAIRS / 2

t.test(`no flipped bit of ${FLIPS} answers without a checksum spreads`, async (t) => {
  const ends = { refused: 0, noticed: 0, harmless: 0 }
  for (let seed = SEED; seed < SEED + FLIPS; seed++) {
    try {
      ends[checkFlip(seed)]++
    } catch (error) {
      t.fail(`TABLESYNC_TEST_SEED=${seed}: ${(error as Error).stack}`)
      return
    }
  }
  t.ok(ends.refused > FLIPS / 10 && ends.noticed > FLIPS / 10, JSON.stringify(ends))
})
