/** Takes up what an earlier attempt has left: copies it, so that no two attempts share a file. */
import { copyFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { copyPart } from '../files/copied-part.ts'
import { type FileEnd, valuesOf } from '../files/lines/checked-file.ts'
import { sizeOf } from '../files/regular-file.ts'
import type { Checkpoint } from '../model/files/checkpoint-content.ts'
import type { FileMark } from '../model/files/file-mark.ts'
import type { ShardAttempt } from '../model/files/shard-files.ts'
import { readCheckpoint, writeCheckpoint } from '../run/checkpoint/checkpoint-file.ts'
import { atOtherFiles } from '../run/checkpoint/other-files.ts'
import { NAMES } from './shard-paths.ts'

/**
 * Copies the checkpoint of an earlier attempt with all that it covers.
 *
 * @param into the folder to copy to
 * @param own the folder that it is going to be
 * @throws where something of that is damaged, or has changed meanwhile
 */
export async function takeUpAttempt(
  { id, folder }: { readonly id: string; readonly folder: string },
  into: string,
  own: string,
): Promise<NonNullable<ShardAttempt['from']>> {
  const checkpoint = await readCheckpoint(join(folder, NAMES.checkpoint))
  const isEnded = checkpoint.summary !== undefined
  if (!isEnded) await copyWriteLogs(folder, into, checkpoint.generation)
  for (const [name, mark] of markedFiles(checkpoint)) {
    const [from, to] = [join(folder, name), join(into, name)]
    const bytes = mark?.bytes ?? (isEnded ? await sizeOf(from) : undefined)
    if (bytes === undefined) continue
    const crc = await copyPart(from, to, bytes)
    if (mark?.crc !== undefined && mark.crc !== crc) throw new Error(`${from} was changed`)
    if (isEnded) await refuseUnfinished(to)
  }
  const files = {
    journal: join(own, NAMES.journal),
    report: join(own, NAMES.report),
    plan: join(own, NAMES.plan),
  }
  await writeCheckpoint(join(into, NAMES.checkpoint), atOtherFiles(checkpoint, files))
  const { journalBytes = (await sizeOf(join(into, NAMES.journal))) ?? 0 } = checkpoint
  return { attempt: id, journalBytes }
}

/** Of a run that has ended, each file is whole to its footer. */
async function refuseUnfinished(file: string): Promise<void> {
  let isWhole = false
  const onEnd = ({ footer, isTorn }: FileEnd) => {
    isWhole = footer !== undefined && !isTorn
  }
  for await (const _ of valuesOf({ file, what: 'file', flag: '--report' }, { onEnd }));
  if (!isWhole) throw new Error(`${file} is not whole`)
}

/** The files of a run that has not ended, each with what of it is good; an ended run's are whole. */
function markedFiles({
  report,
  plan,
  journalBytes,
  summary,
}: Checkpoint): [string, Partial<FileMark> | undefined][] {
  if (summary !== undefined) {
    return [NAMES.report, NAMES.plan, NAMES.journal].map((name) => [name, undefined])
  }
  return [
    [NAMES.report, report],
    [NAMES.plan, plan],
    // Lines are checked one by one when the journal is opened.
    [NAMES.journal, journalBytes === undefined ? undefined : { bytes: journalBytes }],
  ]
}

/** @throws where the log of the checkpoint is gone: a later checkpoint has taken its place */
async function copyWriteLogs(folder: string, into: string, generation: number): Promise<void> {
  const prefix = `${NAMES.checkpoint}.writes.`
  const logs = (await readdir(folder)).filter(
    (name) => name.startsWith(prefix) && Number(name.slice(prefix.length)) >= generation,
  )
  if (!logs.includes(`${prefix}${generation}`)) throw new Error(`log ${generation} is gone`)
  for (const name of logs) await copyFile(join(folder, name), join(into, name))
}
