/** Prints a file of an earlier run. */
import type { CommandLine } from '../options/argv.ts'
import { spellingWith } from '../options/environment.ts'
import { openTextOutput } from '../process/pager.ts'
import { printable } from '../report/printable.ts'
import type { CommandContext } from './command-context.ts'

export async function showFile(
  { options, talk, fromEnvironment }: CommandLine,
  { output: { write }, version }: CommandContext,
): Promise<number> {
  const { show } = await import('../commands/show.ts')
  const output = await openTextOutput(!talk.json && process.stdout.isTTY === true, write)
  try {
    const line = (text: string) => output.line(printable(text))
    const spelling = spellingWith(fromEnvironment)
    const context = { spelling, output: { line }, asJson: talk.json, version }
    return await show(options, context)
  } finally {
    await output.close()
  }
}
