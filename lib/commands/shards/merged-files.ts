/** The plans and the journals of all shards, each as one file. */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { finish, unfinishedName } from '../../files/finished-file.ts'
import { valuesOf } from '../../files/lines/checked-file.ts'
import { DurableLines, type LinesFile } from '../../files/lines/durable-lines.ts'
import type { Summary } from '../../model/results/summary.ts'
import { JOURNAL_FILE } from '../../run/journal/journal-writer.ts'
import { footerOf } from '../../run/records/frame-lines.ts'
import { PLAN_FILE } from '../../run/records/plan-reader.ts'
import { planEndOf, planHeaderOf } from '../../run/records/plan-writer.ts'
import { joinedJournal } from '../../shards/joined-journal.ts'
import type { CommittedShard } from '../../shards/known-commits.ts'
import { NAMES } from '../../shards/shard-paths.ts'
import type { MergedRun } from './merged-run.ts'

/** Lines that are synced together. */
const BATCH = 1000

/** @returns how many keys the plan has */
export async function mergedPlan(
  { settings, tables, header }: MergedRun,
  shards: readonly CommittedShard[],
  summary: Summary,
  file: string,
): Promise<number> {
  const { began, options } = header('repair-plan')
  const first = { ...planHeaderOf({ settings, tables }), began, options }
  const plan = await WholeFile.open({ ...PLAN_FILE, file }, first, tables.runId)
  return plan.closing(async () => {
    let keys = 0
    for (const { folder, parts } of shards) {
      if (!parts.has(NAMES.plan)) continue
      for await (const { value } of valuesOf({ ...PLAN_FILE, file: join(folder, NAMES.plan) })) {
        keys++
        await plan.add(value as object)
      }
    }
    await plan.end(planEndOf(summary, keys))
    return keys
  })
}

export interface MergedJournal {
  /** Gives the journal its footer and its name. */
  end(summary: Summary): Promise<void>
  /** Does what is left of the merge. Where that fails, no part of a journal is left. */
  removedOnFailure<T>(work: () => Promise<T>): Promise<T>
  /** Writes that attempts have noted which did not commit. */
  readonly uncommittedWrites: number
}

/** @param file undefined: the writes are counted, and no journal is written */
export async function mergedJournal(
  { tables, header }: MergedRun,
  folder: string,
  shards: readonly CommittedShard[],
  file: string | undefined,
): Promise<MergedJournal> {
  const journal =
    file === undefined
      ? undefined
      : await WholeFile.open({ ...JOURNAL_FILE, file }, header('undo-journal'), tables.runId)
  let uncommittedWrites = 0
  const join = async () => {
    for await (const { entry, isCommitted } of joinedJournal(folder, shards)) {
      if (!isCommitted) uncommittedWrites += 'refused' in entry ? -1 : 1
      await journal?.add(entry)
    }
  }
  const removedOnFailure = <T>(work: () => Promise<T>) =>
    journal === undefined ? work() : journal.removedOnFailure(work)
  await removedOnFailure(join)
  return {
    ...{ uncommittedWrites, removedOnFailure },
    end: async (summary) => journal?.end(footerOf(summary)),
  }
}

/** A file that gets its name when it has all of its lines. */
class WholeFile {
  readonly #of: LinesFile
  readonly #unfinished: string
  readonly #lines: DurableLines
  #texts: string[] = []

  static async open(of: LinesFile, header: object, runId: string): Promise<WholeFile> {
    const unfinished = unfinishedName(of.file, runId)
    await rm(unfinished, { force: true })
    return new WholeFile(
      of,
      unfinished,
      await DurableLines.open({ ...of, file: unfinished }, header),
    )
  }

  private constructor(of: LinesFile, unfinished: string, lines: DurableLines) {
    this.#of = of
    this.#unfinished = unfinished
    this.#lines = lines
  }

  async add(value: object): Promise<void> {
    this.#texts.push(JSON.stringify(value))
    if (this.#texts.length >= BATCH) await this.#flush()
  }

  async end(footer: object): Promise<void> {
    await this.#flush()
    await this.#lines.end(footer)
    await this.#lines.close()
    await finish(this.#unfinished, { file: this.#of.file, what: `the ${this.#of.what}` })
  }

  /** Does the last work with the file. */
  async closing<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await this.removedOnFailure(work)
    } finally {
      await this.#lines.close()
    }
  }

  /** A part of the file would be taken for all of it. */
  async removedOnFailure<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      await this.#lines.close()
      await rm(this.#unfinished, { force: true })
      throw error
    }
  }

  async #flush(): Promise<void> {
    const texts = this.#texts
    this.#texts = []
    if (texts.length > 0) await this.#lines.append(texts)
  }
}
