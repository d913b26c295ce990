/** Keeps the metrics of a run in a file, which the node exporter's textfile collector reads. */
import { open, readFile, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { asTablesyncError, type TablesyncError } from '../errors.ts'
import { CALLED, kindOfFile } from '../files/own-file.ts'
import type { RunEvent } from '../model/events/events.ts'
import type { Summary } from '../model/results/summary.ts'
import type { Milliseconds } from '../model/units.ts'
import { exposition } from './exposition.ts'
import { type RunDescription, RunFigures } from './run-figures.ts'

const WRITTEN_EVERY: Milliseconds = 15_000

export interface MetricsOptions {
  readonly file: string
  /** Says which version this is. */
  readonly packageFile: URL
  readonly run: Omit<RunDescription, 'version' | 'file'>
}

export interface Metrics {
  hear(event: RunEvent): void
  /** Why the file cannot be written: the first reason, once. */
  takeFailure(): TablesyncError | undefined
  /** Settles once the file says how the run has ended. */
  end(result: Summary | TablesyncError): Promise<void>
}

/** Settles once the file is written, or cannot be. */
export async function openMetrics({ file, packageFile, run }: MetricsOptions): Promise<Metrics> {
  const { version } = JSON.parse(await readFile(packageFile, 'utf8')) as { version: string }
  const figures = new RunFigures({ ...run, version, file: basename(file) })
  let failure: TablesyncError | undefined
  let isTaken = false
  let writing = Promise.resolve()
  const write = () => {
    // One after the other: they share a temporary file.
    writing = writing.then(async () => {
      const text = await exposition(figures)
      await replace(file, text, run.identity.runId).catch((error: unknown) => {
        failure ??= asTablesyncError(error)
      })
    })
    return writing
  }
  await write()
  const timer = setInterval(() => void write().catch(() => {}), WRITTEN_EVERY)
  timer.unref()
  return {
    hear: (event) => figures.hear(event),
    takeFailure() {
      if (isTaken) return undefined
      isTaken = failure !== undefined
      return failure
    },
    async end(result) {
      clearInterval(timer)
      if ('outcome' in result) figures.conclude(result)
      else figures.end(result.code === 'INTERNAL' ? 'incomplete' : 'refused')
      await write()
    },
  }
}

/** Readers see the old text or the new one, and nothing between. */
async function replace(file: string, text: string, runId: string): Promise<void> {
  await refuseOther(file)
  // The collector reads names that end in .prom.
  const temporary = join(dirname(file), `.${basename(file)}.${runId}.tmp`)
  try {
    const handle = await open(temporary, 'w', 0o644)
    try {
      await handle.writeFile(text)
      // Exporters run as another user, whatever the umask.
      await handle.chmod(0o644)
    } finally {
      await handle.close()
    }
    await rename(temporary, file)
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {})
    throw error
  }
}

/** A typing error must not replace a device or a journal. */
async function refuseOther(file: string): Promise<void> {
  const found = await stat(file).catch(() => undefined)
  if (found?.isFile() === false) throw new Error(`${file} is no regular file`)
  const kind = await kindOfFile(file)
  if (kind !== undefined) throw new Error(`${file} is ${CALLED[kind]} of tablesync`)
}
