/**
 * Many histories on a virtual clock, each from a seed: others write to both tables while tablesync
 * compares, repairs, applies a plan or undoes a repair. Each of its writes is judged. `node
 * dist/test/safety/runner.js SEED 1` replays one; TABLESYNC_TEST_HISTORIES sets how many,
 * TABLESYNC_TEST_SEED the first seed.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { prepareEngine } from '../simulation/engine.ts'
import { t } from '../support/tap.ts'
import { casesToPlay } from '../support/thorough.ts'

const RUNS = casesToPlay(200, 12, 'TABLESYNC_TEST_HISTORIES')
const FIRST = Number(process.env['TABLESYNC_TEST_SEED'] ?? 1)
/** Histories per process: what the SDK keeps of closed clients adds up. */
const BATCH = 250
const LANES = 2
/** The simulation tests have a copy of their own. */
const FOLDER = 'lived'

t.setTimeout(24 * 3_600_000)
await prepareEngine(FOLDER)
const runner = fileURLToPath(new URL('runner.js', import.meta.url))

interface Batch {
  readonly runs: number
  readonly whole: number
  readonly incomplete: number
  readonly writes: number
  readonly failures: readonly { readonly seed: number; readonly message: string }[]
}

async function liveBatch(first: number, count: number): Promise<Batch> {
  const child = spawn(process.execPath, [runner, String(first), String(count)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      // Coverage of the copy would be useless.
      NODE_V8_COVERAGE: '',
      TABLESYNC_SIMULATED: FOLDER,
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    },
  })
  const [out, told] = [text(child.stdout), text(child.stderr)]
  await once(child, 'close')
  const document = (await out).trim()
  if (document === '') throw new Error(`seeds from ${first}: ${await told}`)
  return JSON.parse(document)
}

t.test(`${RUNS} histories from seed ${FIRST} keep the promises of the README`, async (t) => {
  const firsts = Array.from({ length: Math.ceil(RUNS / BATCH) }, (_, at) => FIRST + at * BATCH)
  const batches: Batch[] = []
  const lane = async () => {
    for (let first = firsts.shift(); first !== undefined; first = firsts.shift()) {
      batches.push(await liveBatch(first, Math.min(BATCH, FIRST + RUNS - first)))
    }
  }
  await Promise.all(Array.from({ length: LANES }, lane))
  const sum = (of: (batch: Batch) => number) => batches.reduce((all, one) => all + of(one), 0)
  for (const { failures } of batches) {
    for (const { seed, message } of failures) t.fail(`seed ${seed}: ${message}`)
  }
  t.equal(
    sum((one) => one.runs),
    RUNS,
  )
  t.ok(sum((one) => one.writes) > RUNS, 'there were writes to judge')
  t.comment(
    `${sum((one) => one.whole)} came to a whole end, ${sum((one) => one.incomplete)} were incomplete, ` +
      `${sum((one) => one.writes)} items were written`,
  )
})
