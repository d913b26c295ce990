/** Recognises files that tablesync wrote by how they begin. */
import { open, stat } from 'node:fs/promises'

export type OwnFile =
  | 'checkpoint'
  | 'report'
  | 'undo-journal'
  | 'repair-plan'
  | 'write-log'
  | 'shard-run'
  | 'shard-attempt'
  | 'shard-result'
  | 'shard-commit'
  | 'fingerprint'
  | 'differing-segments'

const BEGINNING = /^\{"crc":"\w{8}",(?:"line":1,"after":"\w{8}",)?"tablesync":"([\w-]+)"/

/** Undefined: the file is not ours, is compressed, or does not exist. */
export async function kindOfFile(file: string): Promise<OwnFile | undefined> {
  const found = await stat(file).catch(() => undefined)
  // Opening a pipe that nobody writes to would block.
  const handle = found?.isFile() ? await open(file, 'r').catch(() => undefined) : undefined
  if (handle === undefined) return undefined
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(200), 0)
    return BEGINNING.exec(buffer.toString('latin1', 0, bytesRead))?.[1] as OwnFile | undefined
  } finally {
    await handle.close()
  }
}

/** How a sentence names each kind. */
export const CALLED: { readonly [kind in OwnFile]: string } = {
  checkpoint: 'a checkpoint',
  report: 'a report',
  'undo-journal': 'an undo journal',
  'repair-plan': 'a repair plan',
  'write-log': 'a log of writes',
  'shard-run': 'the plan of a run of shards',
  'shard-attempt': 'a note of an attempt at a shard',
  'shard-result': 'the result of a shard',
  'shard-commit': 'the commit of a shard',
  fingerprint: 'a fingerprint',
  'differing-segments': 'a list of differing segments',
}

/**
 * A typing error must not overwrite a journal or a plan.
 *
 * @param but the kind that may be replaced
 * @throws Error that says what the file is
 */
export async function refuseOwn(file: string, but?: OwnFile): Promise<void> {
  const kind = await kindOfFile(file)
  if (kind === undefined || kind === but) return
  throw new Error(`it is ${CALLED[kind]} of tablesync`)
}
