/**
 * Loaded before the command: ends its process, as `kill -9` would, when it passes a point for the
 * n-th time. `TABLESYNC_TEST_KILL` says which: `journal-synced:3`.
 */
import { subscribe } from 'node:diagnostics_channel'

const [wanted, count] = (process.env['TABLESYNC_TEST_KILL'] ?? '').split(':')
let passed = 0

subscribe('tablesync:point', (point) => {
  if (point === wanted && ++passed === Number(count)) process.kill(process.pid, 'SIGKILL')
})
