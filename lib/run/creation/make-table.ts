/** Makes one table, and waits until it can be filled. */
import { otherThanAsked } from '../../dynamo/create/as-asked.ts'
import { openTableMaker, type TableMaker } from '../../dynamo/create/table-maker.ts'
import { tagWithMasks } from '../../dynamo/describe/table-tags.ts'
import { TablesyncError } from '../../errors.ts'
import type { TableIndex } from '../../model/tables/table.ts'
import { accessOf, type LocatedTable } from '../tables/table-access.ts'
import type { Making, TableDescription } from './making.ts'
import type { Planned } from './plan-table.ts'
import { Patience } from './until-active.ts'

/**
 * @throws TablesyncError with code `TABLE_CHANGED` if somebody else has made another table of that
 * name, `TABLE_NOT_READY` if it takes too long
 */
export async function makeTable(making: Making, planned: Planned): Promise<void> {
  const { label: replica, table } = planned
  await attended(making, planned.index, async (maker, patience, onBegun) => {
    const begun = await begin(maker, planned, patience, onBegun)
    await patience.untilActive(maker)
    // An answer that was lost on its way looks as if somebody had been quicker.
    if (begun === 'exists') refuseOther(planned, await maker.look())
    await noteMasks(making, planned, maker)
    const { elapsedMs } = patience
    making.onEvent({ type: 'created', replica, arn: table.arn, elapsedMs })
  })
}

/** A later run without these masks is refused. Where nobody may tag, the run goes on. */
async function noteMasks(
  making: Making,
  { index, label, table }: Planned,
  maker: TableMaker,
): Promise<void> {
  const { masks, runId } = making
  if (masks === undefined) return
  const access = accessOf(making.all[index] as LocatedTable, index, runId)
  const options = making.options(index)
  try {
    const arn = table.arn ?? (await maker.look())?.TableArn ?? label
    await tagWithMasks(access, arn, masks, options)
  } catch (error) {
    options.ending.throwIfAborted()
    const message = `the table is not tagged with its masks, so a run without them would not be refused: ${(error as Error).message}`
    making.onEvent({ type: 'warning', replica: label, message })
  }
}

/** Waits for a table whose making an earlier run, or somebody else, has begun. */
export const awaitTable = (making: Making, index: TableIndex): Promise<void> =>
  attended(making, index, (maker, patience, onBegun) => {
    onBegun(true)
    return patience.untilActive(maker)
  })

/** Called with whether there may be a table by now. */
type OnBegun = (isBegun: boolean) => void

/** Whoever goes away in between learns that there will be a table. */
async function attended(
  making: Making,
  index: TableIndex,
  work: (maker: TableMaker, patience: Patience, onBegun: OnBegun) => Promise<void>,
): Promise<void> {
  const located = making.all[index] as LocatedTable
  const options = making.options(index)
  const maker = openTableMaker(accessOf(located, index, making.runId), options)
  let isBegun = false
  const onBegun: OnBegun = (begun) => {
    isBegun = begun
  }
  try {
    await work(maker, new Patience(making, index), onBegun)
  } catch (error) {
    if (isBegun && options.ending.aborted) {
      const message =
        'the table is being made, and the run does not wait for it: the same command, run again, goes on'
      making.onEvent({ type: 'warning', replica: located.ref.label, message })
    }
    throw error
  } finally {
    maker.close()
  }
}

async function begin(
  maker: TableMaker,
  { label, index, request }: Planned,
  patience: Patience,
  onBegun: OnBegun,
): Promise<'made' | 'exists'> {
  for (;;) {
    // A request that is given up may be carried out all the same.
    onBegun(true)
    const { end, reason } = await maker.make(request)
    if (end !== 'busy') return end
    onBegun(false)
    await patience.wait('queued', () => busy(label, index, reason))
  }
}

/** A table that is still being made does not tell all of its settings, so this comes after that. */
function refuseOther({ label, index, request }: Planned, there: TableDescription | undefined) {
  const other = there === undefined ? [] : otherThanAsked(there, request)
  if (other.length === 0) return
  throw new TablesyncError(
    `Somebody has made ${label} meanwhile, and not as asked: other ${other.join(', ')}`,
    {
      ...{ code: 'TABLE_CHANGED', scope: 'run', table: index },
      hint: 'Look at that table. Run again to compare and fill it as it is.',
    },
  )
}

const busy = (label: string, table: TableIndex, reason = '') =>
  new TablesyncError(`CreateTable on ${label}: ${reason}`, {
    ...{ code: 'THROTTLED', scope: 'run', table },
    hint: 'The account makes as many tables as it may at once, or has too many. Run again later, or with a longer --max-outage.',
  })
