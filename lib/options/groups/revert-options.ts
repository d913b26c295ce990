/** Options of `tablesync revert`: which changes of an export to take back, and of which table. */
import { usageError } from '../../errors.ts'
import type { Group, OptionsOf, Spelling } from '../option.ts'
import { shown } from '../values/quoted-value.ts'

export const REVERT_OPTIONS = {
  /** Take all changes back. @default false: `shouldRevert` of the hooks selects */
  all: {
    flag: 'all',
    kind: 'switch',
    only: ['revert'],
    help: 'Take all changes of the export back',
    more: 'Without it, `shouldRevert` of the `--hooks` selects. One of the two is needed.',
  },
  /** Take back deletions of items that had expired by then. @default false */
  withExpired: {
    flag: 'with-expired',
    kind: 'switch',
    only: ['revert'],
    help: 'Bring back items that had expired when they were deleted too',
  },
  /** ARN of the exported table, where the replica is that table, restored. */
  sameTableAs: {
    flag: 'same-table-as',
    kind: 'text',
    value: 'arn',
    only: ['revert'],
    help: 'Say that the replica is the exported table of this ARN, restored: their ids differ',
  },
} as const satisfies Group

export type RevertOnly = OptionsOf<typeof REVERT_OPTIONS>

type Given = RevertOnly & { readonly hooks?: string; readonly journal?: string }

/** @throws TablesyncError with code `USAGE` where nothing selects, or there is no journal */
export function checkRevert({ all, hooks, journal }: Given, spelling: Spelling): void {
  if (all === true && hooks !== undefined) {
    throw usageError(
      `Expected \`${spelling('all')}\` or \`${spelling('hooks')}\`, got both`,
      'Leave one of the two out.',
    )
  }
  if (all !== true && hooks === undefined) {
    throw usageError(
      `Expected \`${spelling('all')}\` or \`${spelling('hooks')}\`, got neither`,
      'Say which changes to take back: all, or those that `shouldRevert` of your hooks selects.',
    )
  }
  if (typeof journal === 'string' && journal !== '') return
  throw usageError(
    `Expected \`${spelling('journal')}\` to be a file, got ${shown(journal)}`,
    'Name a new file: `tablesync undo` takes back what is in it.',
  )
}
