/** Options of what is repaired, and by which rules. */
import { isAbsolute } from 'node:path'
import { pathToFileURL } from 'node:url'
import { usageError } from '../../errors.ts'
import type { WriteFlags } from '../../model/difference.ts'
import type { HooksSource } from '../../model/hooks.ts'
import type { Milliseconds } from '../../model/units.ts'
import { filled, type Group, type OptionsOf, type Spelling } from '../option.ts'
import { shown } from '../values/quoted-value.ts'
import { checkVersionPlace, type PlaceSettings } from './place-options.ts'

export const REPAIR_OPTIONS = {
  /** Put items that a replica lacks. @default false */
  writeMissing: {
    flag: 'write-missing',
    kind: 'switch',
    consents: true,
    help: 'Put items that a replica lacks',
  },
  /** Update items that differ, touching only the attributes that do. @default false */
  writeDiffering: {
    flag: 'write-differing',
    kind: 'switch',
    consents: true,
    help: 'Update items that differ, touching only the attributes that do',
  },
  /**
   * Delete items that the master lacks, after all other writes, and not at all
   * on a replica where anything failed. Implies `scanForExtra`. @default false
   */
  deleteExtra: {
    flag: 'delete-extra',
    kind: 'switch',
    consents: true,
    help: 'Delete items that the master lacks, after all other writes. Implies --scan-for-extra',
  },
  /** Write nothing to the tables, whatever the three options above say. @default false */
  dryRun: {
    flag: 'dry-run',
    kind: 'switch',
    also: ['apply', 'undo'],
    help: 'Write nothing to the tables, whatever other flags say',
    helpFor: {
      apply: 'Write nothing to the tables; say what of the plan is still true',
      undo: 'Write nothing to the tables; say what an undo would bring back',
    },
  },
  /**
   * An attribute that grows with each change of an item: updates and deletions
   * are conditioned on it, and no newer version is replaced with an older.
   */
  versionAttribute: {
    flag: 'version-attribute',
    kind: 'text',
    value: 'attribute',
    help: 'An attribute that grows with each change: writes are conditioned on it, and no newer version is replaced with an older',
  },
  /** Leave a replica's item alone, and count it as `newer`, if its version is newer. @default false */
  newerWins: {
    flag: 'newer-wins',
    kind: 'switch',
    help: 'If an item of a replica has a newer version than that of the master, leave it alone. Needs --version-attribute',
  },
  /** File URL or absolute path of an ES module with rules of your own; see `Hooks`. */
  hooks: {
    flag: 'hooks',
    kind: 'text',
    value: 'module.js',
    also: ['apply', 'revert'],
    help: 'An ES module with rules of your own, loaded in each worker thread',
    helpFor: { revert: 'An ES module whose shouldRevert selects the changes to take back' },
  },
} as const satisfies Group

export type RepairOptions = OptionsOf<typeof REPAIR_OPTIONS>

export interface RepairSettings {
  readonly dryRun: boolean
  /** What would be written but for `dryRun`. */
  readonly asked: WriteFlags
  readonly write: WriteFlags
  readonly versionAttribute: string | undefined
  readonly newerWins: boolean
  readonly hooks: HooksSource | undefined
}

const NO_WRITES: WriteFlags = { missing: false, differing: false, extra: false }

/** What other groups have to do with a repair. */
interface Beside {
  readonly plan?: string
  readonly timeouts?: { readonly hooks?: Milliseconds }
}

export function resolveRepair(
  given: RepairOptions & Beside,
  places: PlaceSettings,
  spelling: Spelling,
): RepairSettings {
  const options = filled(REPAIR_OPTIONS, given)
  const { versionAttribute, newerWins, hooks } = options
  checkVersion(given, spelling)
  checkVersionPlace(versionAttribute, places, spelling)
  const asked = {
    missing: options.writeMissing && places.putsWhole,
    differing: options.writeDiffering,
    extra: options.deleteExtra,
  }
  const dryRun = options.dryRun || given.plan !== undefined || !Object.values(asked).includes(true)
  return {
    dryRun,
    asked,
    write: dryRun ? NO_WRITES : asked,
    versionAttribute,
    newerWins,
    hooks:
      hooks === undefined
        ? undefined
        : { url: hooksUrl(hooks, spelling), loadsWithin: given.timeouts?.hooks ?? 10_000 },
  }
}

function checkVersion(
  { newerWins, versionAttribute: version }: RepairOptions,
  spelling: Spelling,
): void {
  if (newerWins !== true || version !== undefined) return
  const name = spelling('versionAttribute')
  throw usageError(
    `Expected \`${spelling('newerWins')}\` to come with \`${name}\`, got it alone`,
    `Add \`${name}\`: an attribute that grows with each change says which item is newer.`,
  )
}

function hooksUrl(hooks: string, spelling: Spelling): string {
  if (/^file:/.test(hooks)) return hooks
  if (isAbsolute(hooks)) return pathToFileURL(hooks).href
  throw usageError(
    `Expected \`${spelling('hooks')}\` to be an absolute path or a file URL, got ${shown(hooks)}`,
    'For example new URL("rules.js", import.meta.url).href.',
  )
}
