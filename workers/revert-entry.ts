/** The adapter to Piscina of the threads that judge an export's changes: see workers/revert/. */
import { workerData } from 'node:worker_threads'
import type { RevertSetup } from '../lib/protocol/revert-batches.ts'
import { openJudge } from './revert/judge.ts'

export default await openJudge(workerData as RevertSetup)
