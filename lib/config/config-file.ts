/** Reads a file of options, in YAML or JSON. */
import { dirname } from 'node:path'
import { LineCounter, parseDocument } from 'yaml'
import { usageError } from '../errors.ts'
import { readRegularFile } from '../files/regular-file.ts'
import { checkPairs, isFields, type PairLimits, type PairOptions } from '../options/pair-options.ts'
import { checkFields, type FieldName, isOfCommand } from './config-fields.ts'
import { absolutePaths } from './config-paths.ts'

export interface Config {
  /** As it was named. */
  readonly file: string
  /** Options of the comparison, or of each pair that has none of its own. */
  readonly options: Readonly<Record<string, unknown>>
  /** Options that only the command has. */
  readonly talk: Readonly<Record<string, unknown>>
  /** Absent: the command compares one master with its replicas. */
  readonly pairs?: readonly PairOptions[]
  readonly limits?: PairLimits
  readonly nameOf: FieldName
}

/**
 * Files that it names are relative to it.
 *
 * @throws TablesyncError with code `USAGE` where it cannot be read, or says what no option says
 */
export async function readConfig(file: string): Promise<Config> {
  const text = await readRegularFile(file).catch((error: Error) => {
    throw usageError(
      `Cannot read the options in ${file}: ${error.message}`,
      'Give --config a file of YAML or JSON.',
    )
  })
  const { fields, nameOf } = parsed(text, file)
  checkFields(fields, nameOf)
  const { pairs, limits, $schema: _, ...others } = absolutePaths(fields, dirname(file))
  const ofPairs = { pairs, limits } as { pairs?: readonly PairOptions[]; limits?: PairLimits }
  if (ofPairs.pairs !== undefined) checkPairs({ ...ofPairs, pairs: ofPairs.pairs }, nameOf)
  const entries = Object.entries(others)
  return {
    file,
    nameOf,
    options: Object.fromEntries(entries.filter(([name]) => !isOfCommand(name))),
    talk: Object.fromEntries(entries.filter(([name]) => isOfCommand(name))),
    ...(ofPairs.pairs !== undefined && { pairs: ofPairs.pairs }),
    ...(ofPairs.limits !== undefined && { limits: ofPairs.limits }),
  }
}

function parsed(
  text: string,
  file: string,
): { readonly fields: Readonly<Record<string, unknown>>; readonly nameOf: FieldName } {
  const lines = new LineCounter()
  const document = parseDocument(text.replace(/^\uFEFF/, ''), { lineCounter: lines })
  const [error] = [...document.errors, ...document.warnings]
  if (error !== undefined) {
    // The lines after the first show a part of the file.
    throw usageError(
      `Expected ${file} to be YAML or JSON: ${error.message.split('\n')[0]?.replace(/:$/, '')}`,
      'docs/many-tables.md has an example.',
    )
  }
  const value = plainValue(() => document.toJS({ maxAliasCount: 100 }), file)
  if (!isFields(value)) {
    throw usageError(
      `Expected ${file} to have options by name, got ${value === null ? 'nothing' : 'something else'}`,
      'docs/many-tables.md has an example.',
    )
  }
  const nameOf: FieldName = (path) => {
    const { range } = (document.getIn(path, true) ?? {}) as { range?: readonly number[] | null }
    const line = range?.[0] === undefined ? '' : `:${lines.linePos(range[0]).line}`
    return `${path.at(-1)} (${file}${line})`
  }
  return { fields: value, nameOf }
}

/** An alias may lead nowhere, into itself, or to more than fits. */
function plainValue(made: () => unknown, file: string): unknown {
  try {
    const value = made()
    JSON.stringify(value)
    return value
  } catch {
    throw usageError(
      `Expected ${file} to be YAML or JSON, got an alias or a merge that leads nowhere`,
      'An alias (*) needs an anchor (&) before it. Quote texts that begin with *.',
    )
  }
}
