/** A throwaway thread: tries to load the user's hooks. See lib/run/preflight/hooks-check.ts. */
import { parentPort, workerData } from 'node:worker_threads'
import type { Hooks, HooksToTry } from '../lib/model/hooks.ts'
import { loadHooks } from '../lib/protocol/hooks-module.ts'
import { toWire } from '../lib/protocol/wire-error.ts'

const { samples = [], ...source } = workerData as HooksToTry
const answer = await loadHooks(source).then(
  async (hooks) => ({
    transforms: hooks.transform !== undefined,
    isUnsteady: samples.length > 0 && (await isUnsteadyOn(hooks)),
  }),
  (error: unknown) => ({ error: toWire(error) }),
)
parentPort?.postMessage(answer)

/** What calls hooks is loaded only where it is needed: most modules are only loaded. */
async function isUnsteadyOn(hooks: Hooks): Promise<boolean> {
  const { isUnsteady } = await import('./change/steadiness.ts')
  return isUnsteady(hooks, samples)
}
