/** Lists on disk that outlive a run: resumed as they were left, or refused. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Spill } from '../../lib/files/spill.ts'
import { tempFolder } from '../support/command/run-cli.ts'
import { t } from '../support/tap.ts'

const TEXTS = Array.from({ length: 40 }, (_, n) => `{"key":"item-${n}"}`)

async function textsOf(spill: Spill): Promise<string[]> {
  const all: string[] = []
  for await (const batch of spill.batches(1, 7)) all.push(...batch)
  return all
}

t.test('a list goes on from its mark', async (t) => {
  const file = join(await tempFolder(t), 'extras')
  const first = new Spill(file)
  for (const text of TEXTS) await first.add(1, text)
  const mark = await first.sync(1)
  await first.add(1, 'beyond the mark')
  await first.close()
  const second = new Spill(file)
  await second.restore(1, mark)
  await second.add(1, 'more')
  t.strictSame(await textsOf(second), [...TEXTS, 'more'])
  t.equal(await second.count(1), TEXTS.length + 1)
  const later = await second.sync(1)
  await second.close()
  const third = new Spill(file)
  await third.restore(1, later)
  t.strictSame(await textsOf(third), [...TEXTS, 'more'])
  await third.close()
})

t.test('a list that was changed since its mark is refused', async (t) => {
  const file = join(await tempFolder(t), 'extras')
  const first = new Spill(file)
  for (const text of TEXTS) await first.add(1, text)
  const mark = await first.sync(1)
  await first.close()
  const whole = await readFile(`${file}.1`)
  for (let at = 0; at < whole.length; at += 31) {
    const flipped = Buffer.from(whole)
    flipped[at] = (flipped[at] as number) ^ 4
    for (const bytes of [flipped, whole.subarray(0, at)]) {
      await writeFile(`${file}.1`, bytes)
      const spill = new Spill(file)
      await t.rejects(spill.restore(1, mark), { code: 'USAGE', message: /extras\.1/ })
      await spill.close()
    }
  }
})
