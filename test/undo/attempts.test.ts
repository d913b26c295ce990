/** Which item an undo brings back, if several attempts have written to a key in turn. */
import type { WireItem } from 'tablesync'
import { targetOf } from '../../workers/tasks/first-content.ts'
import { seeded } from '../support/seeded.ts'
import { t } from '../support/tap.ts'

const item = (text: string): WireItem => ({ id: { S: 'a' }, v: { S: text } })
const digestOf = (one: WireItem | null) => (one === null ? null : JSON.stringify(one))
const step = (before: string | null, left: string | null, attempt?: number) => ({
  before: before === null ? null : item(before),
  left: left === null ? null : digestOf(item(left)),
  ...(attempt !== undefined && { attempt }),
})
const now = (text: string | null) => (text === null ? null : digestOf(item(text)))

t.test('two attempts that wrote in turn', async (t) => {
  const steps = [step('x', '1', 0), step('2', '3', 0), step('1', '2', 1)]
  t.strictSame(targetOf(steps, now('3'), digestOf), item('x'))
  t.strictSame(targetOf(steps, now('2'), digestOf), item('x'))
  t.strictSame(targetOf(steps, now('1'), digestOf), item('x'))
  t.equal(targetOf(steps, now('x'), digestOf), 'there')
  t.equal(targetOf(steps, now('else'), digestOf), 'changed')
})

t.test('the same write, noted by both: one was refused without a word', async (t) => {
  const steps = [step(null, '1', 0), step(null, '1', 1)]
  t.equal(targetOf(steps, now('1'), digestOf), null)
  t.equal(targetOf(steps, now(null), digestOf), 'there')
})

t.test('whatever the order of the attempts, the first content comes back', async (t) => {
  for (let seed = 1; seed <= 2000; seed++) {
    const random = seeded(seed)
    const attempts = 1 + Math.floor(random() * 4)
    const lists = Array.from({ length: attempts }, (): ReturnType<typeof step>[] => [])
    // Contents come again, as where the master goes back and forth.
    const values = 2 + Math.floor(random() * 6)
    const first = random() < 0.3 ? null : '0'
    let content: string | null = first
    const all = 1 + Math.floor(random() * 8)
    for (let write = 0; write < all; write++) {
      const attempt = Math.floor(random() * attempts)
      const next = random() < 0.2 ? null : String(write % values === 0 ? write : write + 100)
      if (next === content) continue
      if (random() < 0.3) {
        // Noted and refused: it has left nothing, and nothing says so.
        lists[attempt]?.push(step(`stale ${write}`, `never ${write}`, attempt))
      }
      lists[attempt]?.push(step(content, next, attempt))
      content = next
    }
    const found = targetOf(lists.flat(), now(content), digestOf)
    const brought =
      found === 'there' ? now(content) : found === 'changed' ? 'changed' : digestOf(found)
    if (lists.flat().length === 0) continue
    t.equal(brought, now(first), `seed ${seed}`)
  }
})

/** A step, and the latest attempt that had begun by then. */
const begunStep = (before: string, left: string, attempt: number, begun = attempt) => ({
  ...step(before, left, attempt),
  begun,
})

t.test('a write that was never made does not lead round in a circle', async (t) => {
  // C to B; the next attempt noted B to C and was killed before it wrote; the last wrote B to D.
  const steps = [begunStep('C', 'B', 0), begunStep('B', 'C', 1), begunStep('B', 'D', 2)]
  t.strictSame(targetOf(steps, now('D'), digestOf), item('C'))
  t.strictSame(targetOf(steps.slice(0, 2), now('B'), digestOf), item('C'))
  t.equal(targetOf(steps.slice(0, 2), now('C'), digestOf), 'there')
})

t.test(
  'attempts one after the other bring the first content back, whatever was never made',
  async (t) => {
    for (let seed = 1; seed <= 2000; seed++) {
      const random = seeded(seed)
      const below = (most: number) => Math.floor(random() * most)
      const text = () => String(below(3))
      let content = text()
      const first = content
      const steps = []
      const attempts = 1 + below(4)
      let written = 0
      for (let attempt = 0; attempt < attempts; attempt++) {
        for (let write = below(3); write > 0; write--) {
          const next = text()
          if (next === content) continue
          steps.push(begunStep(content, next, attempt))
          // The last one before a kill may not have been made.
          if (write === 1 && random() < 0.4) break
          content = next
          written++
        }
      }
      if (written === 0) continue
      const found = targetOf(steps, now(content), digestOf)
      const brought =
        found === 'there' ? now(content) : found === 'changed' ? found : digestOf(found)
      t.equal(brought, now(first), `seed ${seed}`)
    }
  },
)
