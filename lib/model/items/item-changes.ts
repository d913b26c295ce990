/** What a run makes of the master's items before it compares them. */
import type { Masks } from './masks.ts'

export interface ItemChanges {
  /** Absent: none were given. */
  readonly masks?: Masks
  /** The digest of the hooks module. Absent: it exports no `transform`. */
  readonly transform?: string
}

/** The same, as threads get it. */
export interface ChangeSetup {
  readonly masks?: Pick<Masks, 'rules' | 'key'>
  readonly mayChangeKeys: boolean
  /** The secret that seals keys of the master, for this run alone. */
  readonly seal: Uint8Array
}
