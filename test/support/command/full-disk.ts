/** The command on a disk that becomes full. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { CLI } from './run-cli.ts'

/**
 * Runs the command so that no file can grow beyond a size: its last line is cut off, as on a full
 * disk.
 */
export async function runOnFullDisk(
  kibibytes: number,
  args: readonly string[],
): Promise<{ readonly code: number | null; readonly stderr: string }> {
  const limited = `trap '' XFSZ; ulimit -f ${kibibytes}; exec "$0" "$@"`
  const child = spawn('bash', ['-c', limited, process.execPath, CLI, ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const told = text(child.stderr)
  const [code] = await once(child, 'close')
  return { code: code as number | null, stderr: await told }
}
