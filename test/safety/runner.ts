/** `node runner.js FIRST COUNT`: plays COUNT histories, and prints the totals as a line of JSON. */
import { setTimeout as sleep } from 'node:timers/promises'
import { type Lived, liveThrough } from './live-through.ts'

const [first = 1, count = 1] = process.argv.slice(2).map(Number)
// Loaded before time is virtual, so that the engine's threads find it at once.
await import('./hooks.ts')
const print = process.stdout.write.bind(process.stdout)
// The SDK reads its configuration from real files, late: no later run has to wait for that.
await liveThrough(0).catch(() => {})
await sleep(300)

const MOST_FAILURES = 5
const lived: Lived[] = []
const failures: { readonly seed: number; readonly message: string }[] = []
for (let seed = first; seed < first + count && failures.length < MOST_FAILURES; seed++) {
  try {
    lived.push(await liveThrough(seed))
  } catch (error) {
    const { stack, message } = error as Error
    failures.push({ seed, message: count === 1 ? String(stack) : message })
  }
}
const ended = (outcome: string) => lived.filter((one) => one.outcome === outcome).length
print(
  `${JSON.stringify({
    runs: lived.length,
    failures,
    whole: ended('in-sync') + ended('different'),
    incomplete: ended('incomplete'),
    writes: lived.reduce((sum, { writes }) => sum + writes, 0),
  })}\n`,
)
process.exit(failures.length === 0 ? 0 : 1)
