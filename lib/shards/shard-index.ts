/** Which shard a task is to do, by what its scheduler says. */
import { usageError } from '../errors.ts'

type Environment = Readonly<Record<string, string | undefined>>

interface Place {
  readonly index: number
  /** How many tasks there are. Undefined: the scheduler does not say, or not for certain. */
  readonly count: number | undefined
  /** The variable that has the index. */
  readonly from: string
}

/**
 * Undefined: no scheduler says it.
 *
 * @throws TablesyncError with code `USAGE` where schedulers contradict each other, or the run
 */
export function shardIndexIn(env: Environment, shards: number): number | undefined {
  const places = [batch(env), kubernetes(env), slurm(env, shards)].filter(
    (one) => one !== undefined,
  )
  const [place, other] = places
  if (place === undefined) return undefined
  if (other !== undefined && other.index !== place.index) {
    throw usageError(
      `Expected one index of a shard, got ${place.index} in ${place.from} and ${other.index} in ${other.from}`,
      'Give the right one with --shard-index.',
    )
  }
  for (const { count, from } of places) {
    if (count === undefined || count === shards) continue
    throw usageError(
      `Expected ${shards} tasks, one for each shard; ${from} is of ${count}`,
      `Submit ${shards}, numbered from 0. To do one shard alone: --shard-index.`,
    )
  }
  return place.index
}

/** AWS Batch, "Array jobs": indexes begin at 0. */
function batch(env: Environment): Place | undefined {
  const from = 'AWS_BATCH_JOB_ARRAY_INDEX'
  const index = whole(env[from])
  return index === undefined
    ? undefined
    : { index, count: whole(env['AWS_BATCH_JOB_ARRAY_SIZE']), from }
}

/** Kubernetes, "Indexed Job": indexes begin at 0, and nothing says how many there are. */
function kubernetes(env: Environment): Place | undefined {
  const from = 'JOB_COMPLETION_INDEX'
  const index = whole(env[from])
  return index === undefined ? undefined : { index, count: undefined, from }
}

/**
 * sbatch(1), "--array": the user numbers the tasks, and the count is that of the submission. It is
 * meant to be all shards where it goes from 0 in steps of one. One task alone does one shard again.
 *
 * @throws TablesyncError with code `USAGE` where tasks are numbered from 1 to the number of shards
 */
function slurm(env: Environment, shards: number): Place | undefined {
  const from = 'SLURM_ARRAY_TASK_ID'
  const index = whole(env[from])
  if (index === undefined) return undefined
  const [count, least, most, step] = ['COUNT', 'MIN', 'MAX', 'STEP'].map((name) =>
    whole(env[`SLURM_ARRAY_TASK_${name}`]),
  )
  if (count === shards && least === 1 && most === shards) {
    throw usageError(
      `Expected tasks from 0 to ${shards - 1}, got tasks from 1 to ${shards}`,
      `Submit with --array=0-${shards - 1}.`,
    )
  }
  const isCertain = count !== 1 && least === 0 && step === 1 && most === (count ?? 0) - 1
  return { index, count: isCertain ? count : undefined, from }
}

const whole = (text: string | undefined) =>
  text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined
