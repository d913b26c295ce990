/** The files that threads start from. The entry points give the folder: only they know theirs. */
export interface ThreadFiles {
  /** A worker of the pool. */
  readonly worker: URL
  /** A thread that judges the changes of an export. */
  readonly revert: URL
  /** The thread in which a hooks module is tried. */
  readonly hooksTrial: URL
}

export const threadFilesIn = (folder: URL): ThreadFiles => ({
  worker: new URL('entry.js', folder),
  revert: new URL('revert-entry.js', folder),
  hooksTrial: new URL('hooks-trial.js', folder),
})
