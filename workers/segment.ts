/** Piscina task: an adapter. What a worker does is in lib/segment/worker.ts. */
import { threadId, workerData } from 'node:worker_threads'
import type { WorkerSetup } from '../lib/protocol/messages.ts'
import { openWorker } from '../lib/segment/worker.ts'

// Node.js' own copy of what Piscina hands over: its package by itself takes a third as long to load as all of ours.
// Piscina holds tasks back until this settles, so none meets a cold thread.
export default await openWorker(workerData as WorkerSetup, threadId)
