/** What was measured on: figures mean nothing without it. */
import { execFileSync } from 'node:child_process'
import { cpus, loadavg } from 'node:os'

export const machine = () => ({
  node: process.version,
  cpu: cpus()[0]?.model,
  cores: cpus().length,
  load: loadavg()[0],
  commit: commit(),
})

function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD']).toString().trim()
  } catch {
    return 'unknown'
  }
}
