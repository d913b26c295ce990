/** Runs contestants, each in a process of its own, and takes what they say of themselves. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import type { Summary } from 'tablesync'
import type { Contestant, Job } from './job.ts'

export interface Measured {
  /** How many items it has compared or written. */
  readonly items: number
  readonly readUnits?: number
  readonly summary?: Summary
  readonly cpuMs: number
  readonly wallMs: number
  readonly peakMB: number
}

export interface Measuring extends Omit<Job, 'options'> {
  readonly options?: object
  /** The authority that the endpoint's certificate is of. */
  readonly caFile?: string
  /** Flags for Node.js. */
  readonly nodeFlags?: readonly string[]
}

/** Runs a contestant to its end. */
export async function measure(contestant: Contestant, measuring: Measuring): Promise<Measured> {
  const { measured } = await measureAndListen(contestant, measuring)
  return measured
}

/** The same; returns also what the process has printed. */
export async function measureAndListen(
  contestant: Contestant,
  { endpoint, master, replica, options = {}, caFile, nodeFlags = [] }: Measuring,
): Promise<{ readonly measured: Measured; readonly printed: string }> {
  const file = fileURLToPath(new URL('contestant.js', import.meta.url))
  const job: Job = { endpoint, master, replica, options }
  return run(contestant, [...nodeFlags, file, contestant, JSON.stringify(job)], caFile)
}

/** Runs Node.js with words that make it write what it took to descriptor 3, as JSON. */
export async function run(
  name: string,
  words: readonly string[],
  caFile: string | undefined,
): Promise<{ readonly measured: Measured; readonly printed: string; readonly code: number }> {
  const child = spawn(process.execPath, words, {
    // What is measured has a descriptor of its own: V8 writes what it traces to standard output.
    stdio: ['ignore', 'pipe', 'inherit', 'pipe'],
    env: {
      ...process.env,
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      // Added to those that Node.js trusts, which so are read as they are for AWS.
      ...(caFile !== undefined && { NODE_EXTRA_CA_CERTS: caFile, AWS_CA_BUNDLE: '' }),
    },
  })
  const [printed, measured, [code]] = await Promise.all([
    text(child.stdout as Readable),
    text(child.stdio[3] as Readable),
    once(child, 'close') as Promise<[number]>,
  ])
  if (measured === '') throw new Error(`${name} ended with ${code}`)
  return { measured: JSON.parse(measured) as Measured, printed, code }
}
