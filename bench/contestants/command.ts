/** This project, as the command that npm installs, in one piece. */
import { fileURLToPath } from 'node:url'
import type { Summary } from 'tablesync'
import { type Measured, type Measuring, run } from './measure.ts'

const COMMAND = fileURLToPath(new URL('../../../bundle/lib/cli.js', import.meta.url))
/** Loaded before a program: it writes what that took. */
export const AT_EXIT = new URL('at-exit.js', import.meta.url).href

/** Runs the command with these words. `codes`: those that it may end with. */
export async function runCommand(
  words: readonly string[],
  { codes, caFile }: { readonly codes: readonly number[]; readonly caFile?: string | undefined },
): Promise<{ readonly measured: Measured; readonly printed: string }> {
  const all = ['--import', AT_EXIT, COMMAND, ...words]
  const { measured, printed, code } = await run('command', all, caFile)
  if (!codes.includes(code)) throw new Error(`${words.join(' ')} ended with ${code}`)
  return { measured, printed }
}

/** Compares two tables. */
export async function measureCommand({
  endpoint,
  master,
  replica,
  options = {},
  caFile,
}: Measuring): Promise<Measured> {
  const tables = ['--master', `local:${master}`, '--replica', `local:${replica}`]
  const words = [...tables, '--endpoint', endpoint, '--json', '--quiet', ...flagsOf(options)]
  const { measured, printed } = await runCommand(words, { codes: [0, 1], caFile })
  const summary = JSON.parse(printed) as Summary
  return { ...measured, items: summary.master.scanned, summary }
}

const flagsOf = (options: object) =>
  Object.entries(options).flatMap(([name, value]) => {
    const flag = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
    return value === true ? [flag] : [flag, String(value)]
  })
