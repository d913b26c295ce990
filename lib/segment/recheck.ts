/** Keys under observation, looked at again: verdicts for those that stood still, and a later look for the others. */
import { asTablesyncError } from '../errors.ts'
import type { Sighting } from '../model/sighting.ts'
import { zeroTally } from '../model/tally.ts'
import type { RecheckTask, ReplicaFailure, SegmentReport } from '../protocol/messages.ts'
import { allEnded } from './all-ended.ts'
import { type BothSides, digestsOf, lookUpBothSides } from './both-sides.ts'
import type { SegmentControl } from './control.ts'
import { endsTable } from './endings.ts'
import { unlessExpired } from './expiry.ts'
import { noteEnd } from './failing.ts'
import { type Investigation, investigationOf } from './investigation.ts'
import { lookAtWritten, readBack } from './read-back.ts'
import { Repair } from './repair.ts'
import type { Thread } from './thread.ts'
import { judge, lookAgain, standingOf } from './verdict.ts'
import type { Written } from './writes.ts'

export async function recheck(
  task: RecheckTask,
  thread: Thread,
  control: SegmentControl,
): Promise<SegmentReport> {
  const { replica, sightings } = task
  const tally = zeroTally([replica])
  const investigation = investigationOf(replica, task, thread, control, tally)
  const failures: ReplicaFailure[] = []
  try {
    await recheckAll(investigation, sightings)
  } catch (error) {
    noteEnd(error, investigation, failures)
  }
  await control.allTold()
  // What was left since the run is to end is looked at again by one that takes it up.
  return { tally, end: investigation.wasCutShort ? 'stopped' : 'finished', failures }
}

/**
 * In batches of as many keys as one request takes; one that fails does so for
 * itself, unless its table is lost.
 */
async function recheckAll(
  investigation: Investigation,
  sightings: readonly Sighting[],
): Promise<void> {
  const { tally, thread } = investigation
  const { batchReadLimit } = thread.setup
  let failure: { readonly error: unknown } | undefined
  tally.pending -= suspectsIn(sightings)
  for (let at = 0; at < sightings.length; at += batchReadLimit) {
    const isLost = failure !== undefined && endsTable(asTablesyncError(failure.error))
    if (isLost || investigation.isOver()) {
      tally.unverified += suspectsIn(sightings.slice(at))
      investigation.wasCutShort = true
      break
    }
    const batch = sightings.slice(at, at + batchReadLimit)
    await recheckBatch(investigation, batch).catch((error: unknown) => {
      failure ??= { error }
    })
  }
  if (failure !== undefined) throw failure.error
}

const suspectsIn = (sightings: readonly Sighting[]) => sightings.filter(isSuspect).length

/** Those that were written are looked back at. */
const isSuspect = ({ wrote }: Sighting) => wrote === undefined

async function recheckBatch(
  investigation: Investigation,
  batch: readonly Sighting[],
): Promise<void> {
  const keys = batch.map(({ key }) => key)
  const seen = await lookUpBothSides(investigation, keys).catch((error: unknown) => {
    investigation.tally.unverified += suspectsIn(batch)
    throw error
  })
  const repair = new Repair(investigation)
  const written: Written[] = []
  await allEnded(
    batch.map(async (sighting) => {
      const sides = seen(sighting.key)
      if (!isSuspect(sighting)) return lookBack(investigation, repair, sighting, sides)
      const done = await conclude(investigation, repair, sighting, sides)
      if (done !== undefined) written.push(done)
    }),
  )
  await readBack(investigation, repair, written)
}

async function lookBack(
  investigation: Investigation,
  repair: Repair,
  sighting: Sighting,
  sides: BothSides,
): Promise<void> {
  const { tally, tell, replica } = investigation
  const look = await lookAtWritten(investigation, repair, sighting, sides)
  if (look === 'held') tally.readBack++
  else if (look !== undefined) await tell({ type: 'look-again', replica, sighting: look })
}

async function conclude(
  investigation: Investigation,
  repair: Repair,
  sighting: Sighting,
  sides: BothSides,
): Promise<Written | undefined> {
  const { thread, tally, tell, replica } = investigation
  const seen = digestsOf(sides, thread.comparer)
  const verdict = unlessExpired(investigation, judge(sighting, standingOf(seen)).verdict, sides)
  if (verdict === 'expired') return repair.settle({ verdict, key: sighting.key, ...sides })
  const look = lookAgain(sighting, seen, Date.now())
  if ('verdict' in look) return repair.settle({ ...look, key: sighting.key, ...sides })
  if (look.moved.moves >= thread.setup.observation.attempts) {
    tally.unverified++
    return undefined
  }
  tally.pending++
  await tell({ type: 'look-again', replica, sighting: look.moved })
  return undefined
}
