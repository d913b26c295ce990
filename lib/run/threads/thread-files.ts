/** The files that threads are started with. They lie beside the entry point, which alone knows where it is. */
export interface ThreadFiles {
  /** A worker of the pool. */
  readonly worker: URL
  /** The thread in which a hooks module is tried. */
  readonly hooksTrial: URL
}

/** @param entryPoint the URL of a file in `lib`, as it was compiled or bundled */
export const threadFilesOf = (entryPoint: string): ThreadFiles => ({
  worker: new URL('../workers/entry.js', entryPoint),
  hooksTrial: new URL('../workers/hooks-trial.js', entryPoint),
})
