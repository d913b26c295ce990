/**
 * Loaded first by NODE_OPTIONS, in each process and each thread of the tests: logs promises that
 * were rejected without a handler. Run by itself it reports whether there were any: `npm run
 * test:rejections`.
 */
import { appendFileSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { threadId } from 'node:worker_threads'

const log = process.env['TABLESYNC_TEST_REJECTIONS']

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = tell(log)
else if (log !== undefined) {
  process.on('unhandledRejection', (reason) => {
    const stack = reason instanceof Error ? reason.stack : String(reason)
    const where = { pid: process.pid, thread: threadId, command: process.argv.slice(1) }
    appendFileSync(log, `${JSON.stringify({ ...where, stack })}\n`)
    // What Node.js does without a listener.
    throw reason
  })
}

function tell(file = ''): number {
  let text = ''
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    // Nothing was logged.
  }
  process.stderr.write(text === '' ? 'No promise was left to itself.\n' : text)
  return text === '' ? 0 : 1
}
