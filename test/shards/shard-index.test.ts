/** Which shard a task does, by what each scheduler gives it. */
import { shardIndexIn } from '../../lib/shards/shard-index.ts'
import { t } from '../support/tap.ts'

const slurm = (id: number, count?: number, min?: number, max?: number, step?: number) => ({
  SLURM_ARRAY_TASK_ID: String(id),
  ...(count !== undefined && { SLURM_ARRAY_TASK_COUNT: String(count) }),
  ...(min !== undefined && { SLURM_ARRAY_TASK_MIN: String(min) }),
  ...(max !== undefined && { SLURM_ARRAY_TASK_MAX: String(max) }),
  ...(step !== undefined && { SLURM_ARRAY_TASK_STEP: String(step) }),
})
const batch = (index: number, size?: number) => ({
  AWS_BATCH_JOB_ARRAY_INDEX: String(index),
  ...(size !== undefined && { AWS_BATCH_JOB_ARRAY_SIZE: String(size) }),
})

const KNOWN: readonly (readonly [string, Record<string, string>, number | undefined])[] = [
  ['nothing', {}, undefined],
  ['AWS Batch', batch(7, 8), 7],
  ['AWS Batch that gives no size', batch(0), 0],
  ['Kubernetes', { JOB_COMPLETION_INDEX: '3' }, 3],
  ['AWS Batch on Kubernetes', { ...batch(3, 8), JOB_COMPLETION_INDEX: '3' }, 3],
  ['Slurm, --array=0-7', slurm(5, 8, 0, 7, 1), 5],
  ['Slurm, --array=2: one shard again', slurm(2, 1, 2, 2, 1), 2],
  ['Slurm, --array=0: one shard again', slurm(0, 1, 0, 0, 1), 0],
  ['Slurm, --array=1,3,5', slurm(5, 3, 1, 5, 1), 5],
  ['Slurm, --array=0-6:2', slurm(4, 4, 0, 6, 2), 4],
  ['Slurm that gives no count', slurm(6), 6],
  ['a job of Slurm without an array', { SLURM_JOB_ID: '9', SLURM_PROCID: '0' }, undefined],
  ['an index that is no number', { JOB_COMPLETION_INDEX: 'x' }, undefined],
]

for (const [what, env, index] of KNOWN) {
  t.test(`${what}: ${index}`, async (t) => t.equal(shardIndexIn(env, 8), index))
}

const REFUSED: readonly (readonly [string, Record<string, string>, RegExp])[] = [
  [
    'AWS Batch of another size',
    batch(3, 16),
    /^Expected 8 tasks, one for each shard; AWS_BATCH_JOB_ARRAY_INDEX is of 16$/,
  ],
  [
    'Slurm, --array=0-3',
    slurm(1, 4, 0, 3, 1),
    /^Expected 8 tasks, one for each shard; SLURM_ARRAY_TASK_ID is of 4$/,
  ],
  [
    'Slurm, --array=1-8',
    slurm(8, 8, 1, 8, 1),
    /^Expected tasks from 0 to 7, got tasks from 1 to 8$/,
  ],
  [
    'two that contradict each other',
    { ...batch(3, 8), JOB_COMPLETION_INDEX: '4' },
    /got 3 in AWS_BATCH_JOB_ARRAY_INDEX and 4 in JOB_COMPLETION_INDEX$/,
  ],
]

for (const [what, env, message] of REFUSED) {
  t.test(`${what} is refused`, async (t) => {
    t.throws(() => shardIndexIn(env, 8), { code: 'USAGE', message })
  })
}
