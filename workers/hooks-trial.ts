/** A throwaway thread: tries to load the user's hooks. See lib/run/preflight/hooks-check.ts. */
import { parentPort, workerData } from 'node:worker_threads'
import type { HooksSource } from '../lib/model/hooks.ts'
import { loadHooks } from '../lib/protocol/hooks-module.ts'
import { toWire } from '../lib/protocol/wire-error.ts'

const answer = await loadHooks(workerData as HooksSource).then(
  ({ transform }) => ({ transforms: transform !== undefined }),
  (error: unknown) => ({ error: toWire(error) }),
)
parentPort?.postMessage(answer)
