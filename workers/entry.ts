/** The adapter to Piscina. What a worker does is in workers/worker.ts. */
import { parentPort, threadId, workerData } from 'node:worker_threads'
import type { ThreadStart, WorkerSetup } from '../lib/protocol/setup.ts'
import { openWorker } from './worker.ts'

const say = (is: ThreadStart['is']) =>
  parentPort?.postMessage({ thread: threadId, is } satisfies ThreadStart)

say('loading')
// `workerData` of Node.js itself: loading Piscina's package would take a third as long as all ours.
// Piscina holds tasks back until this settles, so none meets a cold thread.
const worker = await openWorker(workerData as WorkerSetup, threadId)
say('started')
export default worker
