/**
 * Outside to trusted: checks what came and fills in what did not. A refusal
 * says what was expected, what came, and under which name the user knows it.
 */
import { availableParallelism } from 'node:os'
import { isAbsolute } from 'node:path'
import { pathToFileURL } from 'node:url'
import { usageError } from '../errors.ts'
import type { WriteFlags } from '../model/difference.ts'
import { shownEndpoint, type TableRef } from '../model/tables/table.ts'
import { checkOptions } from './check.ts'
import { parseDuration } from './duration.ts'
import {
  masterCredentials,
  ownCredentials,
  replicaCredentials,
} from './groups/credential-options.ts'
import { resolveCapacity } from './groups/pace-options.ts'
import { resolveCheckpoint, resolveDuration } from './groups/resume-options.ts'
import { resolveSafeguards } from './groups/safeguard-options.ts'
import type { Spelling } from './option.ts'
import { ownOptions } from './own-options.ts'
import { shown } from './quoted-value.ts'
import type { RunOptions, TableOptions } from './run-options.ts'
import type { Settings, TableSettings } from './settings.ts'
import { parseStartingKey } from './starting-key-text.ts'
import { parseTableName } from './table-name.ts'

const SEGMENTS_PER_WORKER = 4

const NO_WRITES: WriteFlags = { missing: false, differing: false, extra: false }

/** @param tablesFrom the file that names the tables with their endpoints. Absent: the options do */
export function resolveOptions(
  given: RunOptions,
  spelling: Spelling,
  tablesFrom?: string,
): Settings {
  const options = ownOptions(given)
  checkOptions(options, spelling)
  if (options.newerWins === true && options.versionAttribute === undefined) {
    throw usageError(
      `Expected \`${spelling('newerWins')}\` to come with \`${spelling('versionAttribute')}\`, got it alone`,
      'Which item is newer is told by an attribute that grows with each change.',
    )
  }
  if (
    options.versionAttribute !== undefined &&
    options.ignore?.includes(options.versionAttribute)
  ) {
    throw usageError(
      `Expected \`${spelling('versionAttribute')}\` to be compared, got "${options.versionAttribute}", which \`${spelling('ignore')}\` names too`,
      'What is ignored is not written, so that the version of an item would stay behind its content.',
    )
  }
  if (options.canary !== undefined && options.quiesced === true) {
    throw usageError(
      `Expected \`${spelling('canary')}\` to come without \`${spelling('quiesced')}\`, got both`,
      'A canary is read back, which quiesced runs do not do.',
    )
  }
  const replicaOptions = options.replicas.map((replica) => asTableOptions(replica))
  const asked = {
    missing: options.writeMissing === true,
    differing: options.writeDiffering === true,
    extra: options.deleteExtra === true,
  }
  refusePlanOfNothing(options, asked, spelling)
  const isDryRun =
    options.dryRun === true || options.plan !== undefined || !Object.values(asked).includes(true)
  const workers = options.workers ?? availableParallelism()
  const startingKey = parseStartingKey(options, spelling)
  const responseTimeout = options.timeouts?.response ?? 20_000
  return Object.freeze({
    master: masterSettings(options, spelling, tablesFrom),
    replicas: distinct(
      replicaOptions.map((replica) => replicaSettings(replica, options, spelling, tablesFrom)),
      spelling,
    ),
    strategy: options.strategy ?? 'auto',
    dryRun: isDryRun,
    asked,
    write: isDryRun ? NO_WRITES : asked,
    safeguards: resolveSafeguards(options, spelling),
    canary: isDryRun ? undefined : options.canary,
    scanForExtra: options.scanForExtra === true || options.deleteExtra === true,
    ignore: [...(options.ignore ?? [])],
    consistentRead: options.consistentRead === true,
    startingKey,
    segments: startingKey === undefined ? options.segments : 1,
    parallel: options.parallel ?? workers * SEGMENTS_PER_WORKER,
    workers,
    areWorkersAsked: options.workers !== undefined,
    scanLimit: options.scanLimit,
    batchReadLimit: options.batchReadLimit ?? 100,
    timeouts: {
      connectTimeout: options.timeouts?.connect ?? 5000,
      responseTimeout,
      silenceLimit: options.timeouts?.silence ?? Math.max(60_000, 3 * responseTimeout),
      stallLimit: options.timeouts?.stall ?? 300_000,
      maxOutage: parseDuration(options.maxOutage ?? '10m', spelling('maxOutage'), 0),
      maxRetries: options.maxRetries ?? 10,
      maxConnectRetries: options.maxRetries ?? 10,
      retryDelayBase: options.retryDelayBase ?? 50,
    },
    compression: options.compression ?? 'auto',
    recheckPolicy: {
      looksAgain: options.quiesced !== true,
      minAge: options.quiesced === true ? 0 : (options.minMismatchAge ?? 5) * 1000,
      attempts: options.recheckAttempts ?? 5,
    },
    undo: options.undo,
    checkpoint: resolveCheckpoint(options, spelling),
    control: options.control,
    maxDuration: resolveDuration(options, spelling),
    repairPlan:
      options.plan === undefined
        ? undefined
        : { file: options.plan, withItems: options.planItems === true },
    hooks:
      options.hooks === undefined
        ? undefined
        : {
            url: hooksUrl(options.hooks, spelling),
            loadsWithin: options.timeouts?.hooks ?? 10_000,
          },
    versionAttribute: options.versionAttribute,
    newerWins: options.newerWins === true,
    ttlAware: options.ttlAware !== false,
    report: options.report,
  })
}

function refusePlanOfNothing(
  { plan, planItems, undo }: RunOptions,
  asked: WriteFlags,
  spelling: Spelling,
): void {
  if (planItems === true && plan === undefined) {
    throw usageError(
      `Expected \`${spelling('planItems')}\` to come with \`${spelling('plan')}\`, got it alone`,
    )
  }
  if (plan !== undefined && undo !== undefined) {
    throw usageError(
      `Expected \`${spelling('undo')}\` without \`${spelling('plan')}\`, which writes nothing to be undone; got both`,
      `Give it to \`tablesync apply\`.`,
    )
  }
  if (Object.values(asked).includes(true)) return
  const flags = ['writeMissing', 'writeDiffering', 'deleteExtra'].map(spelling)
  const alone = (name: string, what: string) =>
    usageError(
      `Expected \`${spelling(name)}\` to come with what is to be ${what}, got it alone`,
      `At least one of ${flags.join(', ')}.`,
    )
  if (plan !== undefined) throw alone('plan', 'planned')
  if (undo !== undefined) throw alone('undo', 'written')
}

function hooksUrl(hooks: string, spelling: Spelling): string {
  if (/^file:/.test(hooks)) return hooks
  if (isAbsolute(hooks)) return pathToFileURL(hooks).href
  throw usageError(
    `Expected \`${spelling('hooks')}\` to be an absolute path or a file URL, got ${shown(hooks)}`,
    'A relative path means something else wherever it is read: new URL("rules.js", import.meta.url).href says where it is.',
  )
}

function asTableOptions(table: string | TableOptions): TableOptions {
  return typeof table === 'string' ? ownOptions({ table }) : table
}

function masterSettings(
  options: RunOptions,
  spelling: Spelling,
  tablesFrom: string | undefined,
): TableSettings {
  const master = asTableOptions(options.master)
  const endpoint =
    endpointOf(master, tablesFrom) ??
    firstEndpoint(options, ['masterEndpoint', 'endpoint'], spelling)
  return {
    ref: { ...parseTableName(master.table, spelling('master')), ...endpoint },
    credentials: ownCredentials(master) ?? masterCredentials(options, spelling),
    capacity: resolveCapacity(options, 'master', spelling),
  }
}

function replicaSettings(
  replica: TableOptions,
  options: RunOptions,
  spelling: Spelling,
  tablesFrom: string | undefined,
): TableSettings {
  // The seed's README names an endpoint where a profile is meant; both work.
  const profileIsEndpoint = /^https?:\/\//.test(options.replicaProfile ?? '')
  const profile = profileIsEndpoint ? undefined : options.replicaProfile
  const asProfile = profileIsEndpoint ? (['replicaProfile'] as const) : []
  const names = ['replicaEndpoint', ...asProfile, 'endpoint'] as const
  const endpoint = endpointOf(replica, tablesFrom) ?? firstEndpoint(options, names, spelling)
  const credentials = ownCredentials(replica) ?? replicaCredentials(options, profile, spelling)
  return {
    ref: { ...parseTableName(replica.table, spelling('replicas')), ...endpoint },
    ...(credentials !== undefined && { credentials }),
    capacity: resolveCapacity(options, 'replica', spelling),
  }
}

type Endpoint = Pick<TableRef, 'endpoint' | 'endpointFrom'>

/** The table's own. */
function endpointOf({ endpoint }: TableOptions, from: string | undefined): Endpoint | undefined {
  if (endpoint === undefined) return undefined
  return { endpoint: shownEndpoint(endpoint), ...(from !== undefined && { endpointFrom: from }) }
}

/** The first that an option gives, with that option's name. */
function firstEndpoint(
  options: RunOptions,
  names: readonly ('masterEndpoint' | 'replicaEndpoint' | 'replicaProfile' | 'endpoint')[],
  spelling: Spelling,
): Endpoint {
  const name = names.find((each) => options[each] !== undefined)
  if (name === undefined) return {}
  // Requests are signed: a user and a password in it are of no use to anybody.
  return { endpoint: shownEndpoint(options[name] as string), endpointFrom: spelling(name) }
}

function distinct(replicas: TableSettings[], spelling: Spelling): TableSettings[] {
  const labels = replicas.map(({ ref }) => ref.label)
  const twice = labels.find((label, index) => labels.indexOf(label) !== index)
  if (twice !== undefined) {
    throw usageError(
      `Expected each \`${spelling('replicas')}\` to have a name of its own, got ${twice} twice`,
    )
  }
  return replicas
}
