/** Opens the log of the command: on stderr, or in a file; for people, or for programs. */
import isInCi from 'is-in-ci'
import { jsonLog } from '../report/json/json-log.ts'
import { type Log, textLog } from '../report/log.ts'
import { loadCutText } from '../report/pinned-block.ts'
import { openScreen } from '../report/screen.ts'
import { isJsonLogAsked } from './asked-formats.ts'
import { type LogFile, openLogFile } from './log-file.ts'
import type { Redaction } from './standard-error.ts'

export async function logToStderr(redaction: Redaction): Promise<Log> {
  const { stderr, env } = process
  if (isJsonLogAsked()) return jsonLog(stderr, redaction.json)
  // The log of a build is no terminal to move about on, though it may pass for one.
  const isTerminal = stderr.isTTY === true && env['TERM'] !== 'dumb' && !env['NO_COLOR'] && !isInCi
  return textLog(
    openScreen({
      stream: stderr,
      cut: isTerminal ? await loadCutText() : undefined,
      isColoured: isTerminal,
    }),
  )
}

/** @throws TablesyncError where the file cannot be opened, or is that of another option */
export async function logToFile(file: LogFile, onStderr: Log, redaction: Redaction): Promise<Log> {
  const stream = await openLogFile(file, redaction, (error, line) => {
    // Better there than nowhere.
    onStderr.error(error)
    process.stderr.write(line)
  })
  if (isJsonLogAsked()) return jsonLog(stream, redaction.json)
  return textLog(openScreen({ stream, cut: undefined }))
}
