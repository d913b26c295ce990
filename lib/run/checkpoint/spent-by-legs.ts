/** What a run has spent by its last checkpoint. */
import type { Checkpoint } from '../../model/files/checkpoint-content.ts'
import type { SpentByRun } from '../safeguards/shared-limits.ts'
import { ofThisRelease } from '../state/counts.ts'
import { readCheckpoint } from './checkpoint-file.ts'

/** @throws TablesyncError with code `USAGE` where it is no whole checkpoint */
export async function spentByLegs(file: string): Promise<SpentByRun> {
  const { scanned, replicas, intents } = await readCheckpoint(file)
  const all = Object.values(replicas).map(talliesOf)
  const sum = (of: 'claimed' | 'readUnits') =>
    all.flat().reduce((total, tally) => total + tally[of], 0)
  return {
    // Writes that were about to be sent, and are on no record yet.
    claimed: sum('claimed') + intents.filter(({ kind }) => kind !== 'extra').length,
    deletes: all.map((tallies) => tallies.reduce((total, { deleted }) => total + deleted, 0)),
    readUnits: scanned.readUnits + sum('readUnits'),
  }
}

const talliesOf = ({ tally, records }: Checkpoint['replicas'][string]) => [
  ofThisRelease(tally),
  ...Object.values(records).map((record) => ofThisRelease(record.tally)),
]
