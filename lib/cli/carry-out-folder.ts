/** Applies the plans of a folder, or undoes its journals. */
import type { ConfiguredCommandLine } from '../config/configured-command-line.ts'
import { forProgram } from '../options/command-line.ts'
import type { HumanOptions } from '../report/human.ts'
import { carryOutMany } from './carry-out-many.ts'
import type { CommandContext } from './command-context.ts'

export async function carryOutFolder(
  line: ConfiguredCommandLine,
  telling: Omit<HumanOptions, 'screen'>,
  context: CommandContext,
): Promise<number> {
  const command = line.command === 'apply' ? 'apply' : 'undo'
  const { plan, journal, ...others } = forProgram(line.options)
  // The journal of an apply is a file that each of its runs writes.
  const [folder, options] =
    command === 'apply'
      ? [plan, { ...others, ...(journal !== undefined && { journal }) }]
      : [journal, others]
  const { folderOf } = await import('../commands/many/files-of-folder.ts')
  const given = { command, folder: String(folder), options } as const
  return carryOutMany(line, { ...telling, of: 'files' }, context, (listeners, caller) =>
    folderOf({ ...listeners, ...given }, caller),
  )
}
