/** Refuses to write to a table that was made under other masks: its tag says so, where it has one. */
import { masksTagOf } from '../../dynamo/describe/table-tags.ts'
import { TablesyncError } from '../../errors.ts'
import { MASTER } from '../../model/tables/table.ts'
import type { Settings } from '../../options/settings.ts'
import type { TableAccess } from '../../protocol/setup.ts'
import type { Making } from './making.ts'

/** @param arns by table. Undefined: not known, so its tags cannot be read */
export async function refuseOtherMasks(
  { change }: Pick<Settings, 'change'>,
  access: readonly TableAccess[],
  ...[arns, options]: [readonly (string | undefined)[], Making['options']]
): Promise<void> {
  const ours = change?.masks?.mark
  await Promise.all(
    access.map(async (table) => {
      const arn = arns[table.index]
      if (table.index === MASTER || arn === undefined) return
      const theirs = await masksTagOf(table, arn, options(table.index))
      if (theirs === undefined || theirs === ours) return
      throw new TablesyncError(
        `Expected the masks ${theirs} for ${table.label}, which was made under them; got ${ours ?? 'none'}`,
        {
          ...{ code: 'USAGE', scope: 'run', table: table.index },
          hint: 'Give the same --masks and key, or remove its tag tablesync:masks.',
        },
      )
    }),
  )
}
