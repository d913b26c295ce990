/** What the parts of the command share. */
import type { Caller } from '../commands/caller.ts'
import type { Spelling } from '../options/option.ts'
import type { PrintedResult } from '../process/printed-result.ts'
import type { Log } from '../report/log.ts'

export interface CommandContext {
  /** It may be opened anew, in a file. */
  readonly log: () => Log
  readonly output: PrintedResult
  readonly version: string
  /** Who answers a person that asks for the status. Undefined: the run has not begun, or is over. */
  readonly answerStatus: (status?: () => void) => void
  /** What every command has to know of who asks for it. */
  readonly callerWith: (spelling: Spelling) => Caller
}
