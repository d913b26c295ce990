/** Piscina task: an adapter. What a worker does is in lib/segment/worker.ts. */
import { threadId } from 'node:worker_threads'
import { workerData } from 'piscina'
import type { WorkerSetup } from '../lib/protocol/messages.ts'
import { openWorker } from '../lib/segment/worker.ts'

// Piscina holds tasks back until this settles, so none meets a cold thread.
export default await openWorker(workerData as WorkerSetup, threadId)
