/** Options that mask the values of the master's items. */
import { usageError } from '../../../errors.ts'
import type { ItemChanges } from '../../../model/items/item-changes.ts'
import type { Group, OptionsOf, Spelling } from '../../option.ts'

export const MASK_OPTIONS = {
  /**
   * A file of rules by path that mask the master's items: what they become is compared and written.
   * An item that has anything without a rule is left.
   */
  masks: {
    flag: 'masks',
    kind: 'text',
    value: 'file',
    also: ['apply'],
    help: 'Mask the items of the master by the rules in this file (JSON), and compare and write what they become',
    more: 'Each attribute of each item needs a rule. An item without one is left, and the run exits with 3.',
  },
  /** The file of the key that masked values depend on. Needed by the rules that hash. */
  maskKeyFile: {
    flag: 'mask-key-file',
    kind: 'text',
    value: 'file',
    also: ['apply'],
    help: 'The file of the key that masked values depend on; else it is taken from TABLESYNC_MASK_KEY',
  },
} as const satisfies Group

export type MaskOptions = OptionsOf<typeof MASK_OPTIONS>

export interface MaskSettings {
  /** The files of the masks. Undefined: none were given. */
  readonly maskFiles: { readonly file: string; readonly keyFile: string | undefined } | undefined
  /** What the run makes of the master's items. Undefined: nothing, or the files are not read yet. */
  readonly change?: ItemChanges
}

export function resolveMasks(
  { masks: file, maskKeyFile: keyFile }: MaskOptions,
  spelling: Spelling,
): MaskSettings {
  if (file !== undefined) return { maskFiles: { file, keyFile } }
  if (keyFile === undefined) return { maskFiles: undefined }
  throw usageError(
    `Expected \`${spelling('maskKeyFile')}\` to come with \`${spelling('masks')}\`, got it alone`,
    `Add \`${spelling('masks')}\`, or leave it out.`,
  )
}
