/**
 * Many runs on a virtual clock, each from a seed that determines all that goes wrong. The seed
 * replays it: `node dist/test/simulation/runner.js SEED 1`. TABLESYNC_TEST_SIMULATIONS sets how
 * many, TABLESYNC_TEST_SEED the first seed; `npm run simulate` runs them alone.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { t } from '../support/tap.ts'
import { casesToPlay } from '../support/thorough.ts'
import { prepareEngine } from './engine.ts'

const RUNS = casesToPlay(200, 12, 'TABLESYNC_TEST_SIMULATIONS')
const PASSES = casesToPlay(400, 16, 'TABLESYNC_TEST_PASSES')
const FIRST = Number(process.env['TABLESYNC_TEST_SEED'] ?? 1)
/** Runs per process: what the SDK keeps of closed clients adds up. */
const BATCH = 250
const LANES = 2

t.setTimeout(24 * 3_600_000)
await prepareEngine()
const runner = fileURLToPath(new URL('runner.js', import.meta.url))

interface Batch {
  readonly runs: number
  readonly whole: number
  readonly inSync: number
  readonly stopped: number
  readonly crashes: number
  readonly deaths: number
  readonly requests: number
  readonly virtualSeconds: number
  readonly failures: readonly { readonly seed: number; readonly message: string }[]
}

async function simulateBatch(first: number, count: number, ...mode: string[]): Promise<Batch> {
  const child = spawn(process.execPath, [runner, String(first), String(count), ...mode], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // Coverage of the copy would be useless.
    env: {
      ...process.env,
      NODE_V8_COVERAGE: '',
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    },
  })
  const [out, told] = [text(child.stdout), text(child.stderr)]
  await once(child, 'close')
  const document = (await out).trim()
  if (document === '') throw new Error(`seeds from ${first}: ${await told}`)
  return JSON.parse(document)
}

t.test(
  `${RUNS} simulated runs from seed ${FIRST} lose nothing and count nothing twice`,
  async (t) => {
    const firsts = Array.from({ length: Math.ceil(RUNS / BATCH) }, (_, at) => FIRST + at * BATCH)
    const batches: Batch[] = []
    const lane = async () => {
      for (let first = firsts.shift(); first !== undefined; first = firsts.shift()) {
        batches.push(await simulateBatch(first, Math.min(BATCH, FIRST + RUNS - first)))
      }
    }
    await Promise.all(Array.from({ length: LANES }, lane))
    const sum = (of: (batch: Batch) => number) => batches.reduce((all, one) => all + of(one), 0)
    for (const { failures } of batches) {
      for (const { seed, message } of failures) t.fail(`seed ${seed}: ${message}`)
    }
    const [runs, whole] = [sum((one) => one.runs), sum((one) => one.whole)]
    t.equal(runs, RUNS)
    t.ok(whole > runs * 0.8, `${whole} of ${runs} ended whole`)
    t.comment(
      `${sum((one) => one.requests)} requests, ${sum((one) => one.crashes)} crashes, ` +
        `${sum((one) => one.deaths)} dead threads, ${sum((one) => one.virtualSeconds)} virtual seconds`,
    )
  },
)

t.test(
  `${PASSES} simulated runs until in sync, from seed ${FIRST}, are right where they say so`,
  async (t) => {
    const half = Math.ceil(PASSES / LANES)
    const batches = await Promise.all(
      Array.from({ length: LANES }, (_, lane) =>
        simulateBatch(FIRST + lane * half, half, 'passes'),
      ),
    )
    const sum = (of: (batch: Batch) => number) => batches.reduce((all, one) => all + of(one), 0)
    for (const { failures } of batches) {
      for (const { seed, message } of failures) t.fail(`seed ${seed}: ${message}`)
    }
    t.equal(
      sum((one) => one.runs),
      half * LANES,
    )
    const [inSync, stopped] = [sum((one) => one.inSync), sum((one) => one.stopped)]
    t.ok(inSync > PASSES / 4, `${inSync} in sync`)
    t.ok(stopped > PASSES / 20, `${stopped} stopped by a safeguard`)
  },
)
