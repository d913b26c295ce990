/** Makes the fingerprint of a table: what the command and `fingerprintTable` have in common. */
import { usageError } from '../../errors.ts'
import { refuseUncreatable } from '../../files/lines/durable-lines.ts'
import {
  newKey,
  readFingerprint,
  refuseTaken,
  writeNew,
} from '../../fingerprints/read-fingerprint.ts'
import type { TakenFingerprint } from '../../model/results/fingerprint-results.ts'
import { errorSummaryOf, type Summary } from '../../model/results/summary.ts'
import { newRunIdentity } from '../../model/run-identity.ts'
import { checkFile, refuseStray } from '../../options/commands.ts'
import { ownOptions } from '../../options/own-options.ts'
import { resolveOptions } from '../../options/resolve.ts'
import type { FingerprintOptions, RunOptions } from '../../options/run-options.ts'
import { runFingerprint, type SegmentSum } from '../../run/phases/fingerprint-table.ts'
import { refuseIgnoredKeys } from '../../run/preflight/key-attributes.ts'
import { planOfKeys } from '../../run/preflight/scan-plan.ts'
import { inspectReplicas } from '../../run/tables/undo-inspection.ts'
import { beginRun, type Work } from '../begin-run.ts'
import type { Caller } from '../caller.ts'
import { fingerprintOf, type Rules, refuseBesideLike, rulesOf } from './fingerprint-rules.ts'

/**
 * Reads a table, and writes a file.
 *
 * @throws TablesyncError where the options, the table or the file are not fit; nothing is written then
 */
export async function takeFingerprint(
  given: FingerprintOptions,
  caller: Caller,
): Promise<TakenFingerprint> {
  const { spelling, threads, identity = newRunIdentity() } = caller
  const options = ownOptions(given)
  refuseStray('fingerprint', options, spelling)
  const { table, out, like: likeFile, ...others } = options
  if (typeof table !== 'object') checkFile('fingerprint', table)
  if (typeof out !== 'string' || out === '') {
    throw usageError(
      `Expected \`${spelling('out')}\`, got none`,
      'Name a new file for the fingerprint.',
    )
  }
  await refuseTaken(out)
  await refuseUncreatable({ file: out, what: 'fingerprint' })
  const like = likeFile === undefined ? undefined : await readFingerprint(likeFile)
  if (like !== undefined) refuseBesideLike(others, spelling)
  const compared = like === undefined ? {} : { ignore: like.ignore, only: like.only }
  const run = { ...others, ...compared, master: table, replicas: [table] } as RunOptions
  const settings = resolveOptions(run, spelling)
  const began = new Date().toISOString()
  const key = like?.key ?? newKey()
  const sums: SegmentSum[] = []
  let rules: Rules | undefined
  const work: Work = {
    subject: 'listed keys',
    inspect: (begin) => inspectReplicas(settings, begin, { timeToLive: true, scans: true }),
    check(tables) {
      refuseIgnoredKeys(settings, tables, spelling)
      rules = rulesOf({ settings, tables, like, began })
    },
    planOf: () => ({ ...planOfKeys(settings), findExtras: false, segments: rules?.segments ?? 1 }),
    run: (preparation, listeners, signal) => {
      const onSegment = (sum: SegmentSum) => {
        sums.push(sum)
      }
      const { ttl = null } = rules ?? {}
      return runFingerprint(preparation, { key, ttl, onSegment }, listeners, signal)
    },
  }
  const summary = await beginRun({ settings, identity, threads, caller }, others, work)
  const taken = takenOf(summary, out)
  if (rules === undefined || taken.outcome !== 'complete') return taken
  const content = fingerprintOf({ settings, key, rules, began, sums })
  try {
    await writeNew(out, 'the fingerprint', content)
    return { ...taken, items: content.items, total: content.total }
  } catch (error) {
    return { ...taken, outcome: 'incomplete', errors: [errorSummaryOf(error)] }
  }
}

function takenOf({ outcome, replicas, errors }: Summary, out: string): TakenFingerprint {
  const [[table, replica] = ['', undefined]] = Object.entries(replicas)
  const isWhole = outcome === 'in-sync' || outcome === 'different' || outcome === 'sampled'
  return {
    ...{ version: 1, outcome: isWhole ? 'complete' : outcome, table, out, errors },
    items: replica?.scanned ?? 0,
    readUnits: replica?.readUnits ?? 0,
  }
}
