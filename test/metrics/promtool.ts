/** Debian's promtool, which judges metrics. */
import { spawnSync } from 'node:child_process'

/** Why its tests cannot run here; false: they can, or must. `.ci/run` installs it. */
export const noPromtool: string | false =
  spawnSync('promtool', ['--version']).status === 0 || process.env['CI'] === 'true'
    ? false
    : 'promtool is not installed (Debian has it in the package prometheus)'

/** What promtool objects to. Empty: nothing. */
export function objectionsTo(text: string): string {
  const { status, stdout, stderr, error } = spawnSync('promtool', ['check', 'metrics'], {
    input: text,
    encoding: 'utf8',
  })
  if (error !== undefined) throw error
  return status === 0 ? `${stdout}${stderr}` : `status ${status}: ${stdout}${stderr}`
}
