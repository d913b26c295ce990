/** Files of fingerprints: what was changed in one is noticed, and what was made otherwise is refused. */
import { createHash } from 'node:crypto'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { compareFingerprints, fingerprintTable } from 'tablesync'
import { fingerprintOf } from '../../lib/commands/fingerprint/fingerprint-rules.ts'
import { KeyedSum } from '../../lib/fingerprints/keyed-sum.ts'
import { runCli, tempFolder } from '../support/command/run-cli.ts'
import { openScene } from '../support/scene.ts'
import { type Test, t } from '../support/tap.ts'

async function two(t: Test) {
  const { master, replica } = await openScene(t)
  const folder = await tempFolder(t)
  const [a, b] = [join(folder, 'a'), join(folder, 'b')]
  const placed = ({ label, stub }: typeof master) => ({ table: label, endpoint: stub.endpoint })
  await fingerprintTable({ table: placed(master), out: a, workers: 1 })
  await fingerprintTable({ table: placed(replica), out: b, like: a, workers: 1 })
  return { a, b, folder }
}

/** Changes a field, and gives the line the checksum of what it says then. */
async function rewrite(file: string, change: (fields: Record<string, unknown>) => object) {
  const { crc: _, ...fields } = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>
  const text = JSON.stringify(change(fields))
  const crc = crc32(text).toString(16).padStart(8, '0')
  await writeFile(file, `{"crc":"${crc}",${text.slice(1)}\n`)
}

const OTHER_KEY = Buffer.alloc(32, 7).toString('base64')

const HEADERS: readonly (readonly [string, Record<string, unknown>, RegExp])[] = [
  ['key', { key: OTHER_KEY }, /its parts do not belong together$/],
  [
    'key and its id',
    {
      key: OTHER_KEY,
      keyId: createHash('sha256').update(Buffer.alloc(32, 7)).digest('hex').slice(0, 16),
    },
    /^Expected fingerprints made alike; the key is another in /,
  ],
  [
    'segments',
    { segments: 1, counts: [60], sums: Buffer.alloc(32).toString('base64') },
    /do not belong together|the number of segments is another/,
  ],
  ['sums', { sums: '' }, /its parts do not belong together$/],
  ['counts', { items: 7 }, /its parts do not belong together$/],
  ['keySchema', { keySchema: [{ name: 'id', type: 'N' }] }, /the key of the table is another in /],
  ['ignore', { ignore: ['n'] }, /--ignore is another in /],
  ['only', { only: ['n'] }, /--only is another in /],
  [
    'ttl',
    { ttl: { attribute: 'x', at: '2026-01-01T00:00:00.000Z' } },
    /the rule for items that have expired is another in /,
  ],
  ['version', { version: 2 }, /to be a fingerprint of version 1, got "fingerprint" of version 2$/],
  ['kind', { tablesync: 'report' }, /to be a fingerprint of version 1, got "report"/],
]

for (const [name, change, message] of HEADERS) {
  t.test(`a fingerprint with another ${name} is refused`, async (t) => {
    const { a, b } = await two(t)
    await rewrite(b, (fields) => ({ ...fields, ...change }))
    await t.rejects(compareFingerprints(a, b), { code: 'USAGE', message })
  })
}

t.test('a fingerprint in which any byte was changed is refused', async (t) => {
  const { a, b } = await two(t)
  const bytes = await readFile(b)
  for (let at = 0; at < bytes.length; at += 97) {
    const changed = Buffer.from(bytes)
    changed[at] = (changed[at] as number) ^ 1
    await writeFile(b, changed)
    await t.rejects(compareFingerprints(a, b), { code: 'USAGE' }, `byte ${at}`)
  }
  await writeFile(b, bytes)
  t.match(await compareFingerprints(a, b), { outcome: 'different', items: [60, 58] })
})

t.test('the command compares two files, and its exit code tells', async (t) => {
  const { a, b, folder } = await two(t)
  const out = join(folder, 'out')
  const different = await runCli(['fingerprint', '--compare', a, b, '--out', out, '--json'])
  t.equal(different.code, 1, different.stderr)
  t.match(JSON.parse(different.stdout), { outcome: 'different', items: [60, 58] })
  t.match(different.stderr, /^Different: 60 and 58 items; \d+ of 64 segments differ\.$/m)
  t.equal((await stat(out)).mode & 0o777, 0o600)
  const equal = await runCli(['fingerprint', '--compare', a, a])
  t.equal(equal.code, 0)
  t.match(equal.stderr, /^Equal: 60 items on each side\.$/m)
  t.equal((await runCli(['fingerprint', '--compare', a])).code, 2)
  t.equal((await runCli(['fingerprint', '--compare', a, b, '--out', out])).code, 2)
  t.equal((await runCli(['fingerprint', '--compare', a, join(folder, 'none')])).code, 2)
})

t.test('the sum is that of SHA-256 under the key, in lanes of 64 bits', async (t) => {
  const key = Buffer.from(Array.from({ length: 32 }, (_, at) => at * 7))
  const texts = [
    '',
    'a',
    'ä€😀',
    'x'.repeat(10_000),
    ...Array.from({ length: 200 }, (_, n) => `item ${n}`),
  ]
  const sum = new KeyedSum(key.toString('base64'))
  const lanes = [0n, 0n, 0n, 0n]
  for (const text of texts) {
    sum.add(text)
    const digest = createHash('sha256').update(key).update(text, 'utf8').digest()
    for (const [at, lane] of lanes.entries()) {
      lanes[at] = BigInt.asUintN(64, lane + digest.readBigUInt64LE(at * 8))
    }
  }
  const expected = Buffer.alloc(32)
  for (const [at, lane] of lanes.entries()) expected.writeBigUInt64LE(lane, at * 8)
  t.equal(sum.sum, expected.toString('base64'))
  t.equal(sum.items, texts.length)
  const joined = new KeyedSum(key.toString('base64'))
  joined.addSum(sum.sum, sum.items)
  joined.addSum(sum.sum, sum.items)
  const twice = lanes.map((lane) => BigInt.asUintN(64, lane * 2n))
  for (const [at, lane] of twice.entries()) expected.writeBigUInt64LE(lane, at * 8)
  t.equal(joined.sum, expected.toString('base64'))
})

t.test('a file has at most 300 KB, with as many segments as there can be', async (t) => {
  const made = fingerprintOf({
    settings: { master: { ref: { label: 'us-east-1:Orders' } }, ignore: [], only: [] } as never,
    key: OTHER_KEY,
    rules: { keySchema: [{ name: 'id', type: 'S' }], ttl: null, segments: 4096 },
    began: new Date().toISOString(),
    sums: Array.from({ length: 4096 }, (_, segment) => ({
      ...{ segment, items: 10_000_000 + segment },
      sum: Buffer.alloc(32, 255).toString('base64'),
    })),
  })
  const { length } = JSON.stringify(made)
  t.ok(length <= 300 << 10, `${length} bytes`)
})
