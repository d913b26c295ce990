/** Who asks for a command to be carried out: the command line, or a program. */
import type { RunIdentity } from '../model/run-identity.ts'
import type { Spelling } from '../options/option.ts'
import type { LimitsOfRun } from '../run/safeguards/shared-limits.ts'
import type { ThreadFiles } from '../run/threads/thread-files.ts'

export interface CommandAsTyped {
  readonly words: readonly string[]
  readonly version: string
}

export interface Caller {
  /** How options are spelt to them. */
  readonly spelling: Spelling
  readonly threads: ThreadFiles
  /** package.json, which says which version this is. */
  readonly packageFile: URL
  /** Writes to standard output; settles with whether somebody still reads. Absent: there is none. */
  readonly print?: (text: string) => Promise<boolean>
  /** Limits that other runs keep together with this one. Absent: there are none. */
  readonly sharedLimits?: LimitsOfRun
  /** Absent: the run gets one of its own. */
  readonly identity?: RunIdentity
  /** The key of the masks, where no file holds it. Absent: there is none. */
  readonly maskKey?: string
  /** The command as it was typed, without secrets, and its version. Absent: a program calls. */
  readonly command?: CommandAsTyped
}
