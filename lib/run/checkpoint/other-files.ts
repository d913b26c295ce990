/** A checkpoint whose run goes on with copies of its files. */
import type { Checkpoint } from '../../model/files/checkpoint-content.ts'
import { JOURNAL } from './meaning-options.ts'

export interface FilesOfRun {
  readonly journal: string
  readonly report: string
  readonly plan: string
}

/** Names those of the files that the run keeps. */
export function atOtherFiles(checkpoint: Checkpoint, files: FilesOfRun): Checkpoint {
  const named = Object.entries({ ...files, [JOURNAL]: files.journal })
  const kept = named.filter(([name]) => typeof checkpoint.options[name] === 'string')
  return { ...checkpoint, options: { ...checkpoint.options, ...Object.fromEntries(kept) } }
}
