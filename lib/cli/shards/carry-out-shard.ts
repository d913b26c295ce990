/** Does a shard, and tells its scheduler by the exit code whether to try again. */
import type { ConfiguredCommandLine } from '../../config/configured-command-line.ts'
import { asTablesyncError, type TablesyncError } from '../../errors.ts'
import { mayPass } from '../../files/unreadable.ts'
import { type DoneShard, SHARD_EXIT_CODE } from '../../model/results/shard-results.ts'
import { forProgram, isEachTold } from '../../options/command-line.ts'
import type { HumanOptions } from '../../report/human.ts'
import { shardLines } from '../../report/lines/shard-lines.ts'
import { refusalOf } from '../../report/refusal.ts'
import { shardIndexIn } from '../../shards/shard-index.ts'
import type { CommandContext } from '../command-context.ts'
import { followed } from '../followed.ts'

/** Another attempt would meet the same. All other errors may pass. */
const LASTING: readonly TablesyncError['code'][] = [
  'USAGE',
  'TABLE_NOT_FOUND',
  'KEY_SCHEMA_MISMATCH',
  'TABLE_CHANGED',
  'SAME_TABLE',
  'ACCESS_DENIED',
]

const INCOMPLETE = 3

export async function carryOutShard(
  line: ConfiguredCommandLine,
  telling: Omit<HumanOptions, 'screen'>,
  context: CommandContext,
): Promise<number> {
  const { options, talk, spelling } = line
  const { doShard } = await import('../../commands/shards/do-shard.ts')
  const { screen, follow } = context.log()
  const human = follow({ ...telling, isPart: true })
  const say = (done: DoneShard) => {
    if (done.summary !== undefined) human.conclude(done.summary)
    if (!talk.quiet) for (const one of shardLines(done)) screen.say(one)
  }
  return followed(context, human, talk.quiet === true, async ({ signal, exitCode }) => {
    const caller = { ...context.callerWith(spelling), print: context.output.write }
    const given = {
      ...forProgram(options),
      signal,
      onProgress: human.onEvent,
      ...(isEachTold(line) && { onDifference: human.onDifference }),
    }
    const findIndex = (shards: number) => shardIndexIn(process.env, shards)
    try {
      const done = await doShard(given, caller, findIndex)
      say(done)
      const code = done.outcome === 'interrupted' ? exitCode() : SHARD_EXIT_CODE[done.outcome]
      return talk.json ? await context.output.printDocument(done, code) : code
    } catch (thrown) {
      const error = asTablesyncError(thrown)
      if (LASTING.includes(error.code) && !mayPass(error.cause)) throw error
      context.log().error(error)
      const { identity = { runId: '', startedAt: '' } } = caller
      const refusal = { ...refusalOf(error, identity), outcome: 'incomplete' }
      return talk.json ? await context.output.printDocument(refusal, INCOMPLETE) : INCOMPLETE
    }
  })
}
