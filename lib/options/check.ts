/** Each option by itself: its kind, its range, and that it is one at all. */
import { usageError } from '../errors.ts'
import type { RunOptions } from './run-options.ts'
import { OPTIONS, type Option } from './table.ts'

/** How the user knows an option: `--batch-read-limit`, or `batchReadLimit`. */
export type Spelling = (name: string) => string

export const asProperty: Spelling = (name) => name

export const asFlag: Spelling = (name) => {
  const option = (OPTIONS as Record<string, Option>)[name]
  return option === undefined ? name : `--${option.flag}`
}

/** Given by programs alone, and so not in the table. */
const PROGRAM_OPTIONS = new Set(['timeouts', 'signal', 'onProgress', 'onDifference'])

export function checkOptions(options: RunOptions, spelling: Spelling): void {
  for (const [name, value] of Object.entries(options)) {
    if (PROGRAM_OPTIONS.has(name) || value === undefined) continue
    const option = Object.hasOwn(OPTIONS, name)
      ? (OPTIONS as Record<string, Option>)[name]
      : undefined
    if (option === undefined) throw usageError(`Expected a known option, got \`${name}\``)
    if (name !== 'master' && name !== 'replicas' && name !== 'startingKey') {
      checkValue(option, spelling(name), value)
    }
  }
  checkTable(options.master, spelling('master'))
  const { replicas } = options
  if (!Array.isArray(replicas) || replicas.length === 0) {
    throw usageError(
      `Expected at least one \`${spelling('replicas')}\`, got ${shown(replicas)}`,
      'Name the tables to compare with the master, as <region>:<table> or ARN.',
    )
  }
  for (const replica of replicas) checkTable(replica, spelling('replicas'))
  for (const name of ['endpoint', 'masterEndpoint', 'replicaEndpoint'] as const) {
    checkUrl(options[name], spelling(name))
  }
}

function checkTable(table: unknown, name: string): void {
  if (typeof table === 'string' && table !== '') return
  const given = table as { table?: unknown; endpoint?: unknown } | undefined
  if (typeof given?.table !== 'string') {
    throw usageError(
      `Expected one \`${name}\`, as <region>:<table> or ARN, got ${shown(table)}`,
      'For example us-east-1:Orders.',
    )
  }
  checkUrl(given.endpoint, `endpoint of ${name}`)
}

function checkUrl(value: unknown, name: string): void {
  if (value === undefined) return
  if (typeof value === 'string' && /^https?:\/\//.test(value) && URL.canParse(value)) return
  throw usageError(`Expected \`${name}\` to be an http or https URL, got ${shown(value)}`)
}

function checkValue(option: Option, name: string, value: unknown): void {
  switch (option.kind) {
    case 'switch':
      if (typeof value === 'boolean') return
      throw usageError(`Expected \`${name}\` to be true or false, got ${shown(value)}`)
    case 'text':
      if (typeof value === 'string' && value !== '') return
      throw usageError(
        `Expected \`${name}\` to be one ${option.value}, got ${option.secret ? 'something else' : shown(value)}`,
      )
    case 'texts':
      if (Array.isArray(value) && value.every((text) => typeof text === 'string' && text !== ''))
        return
      throw usageError(`Expected \`${name}\` to be text, got ${shown(value)}`)
    case 'whole':
      if (Number.isInteger(value) && within(value as number, option)) return
      throw usageError(
        `Expected \`${name}\` to be a whole number from ${option.least} to ${option.most}, got ${shown(value)}`,
      )
    case 'choice':
      if (option.choices.includes(value as string)) return
      throw usageError(
        `Expected \`${name}\` to be one of ${option.choices.join(', ')}, got ${shown(value)}`,
      )
    default:
      option satisfies never
  }
}

const within = (value: number, { least, most }: { least: number; most: number }) =>
  value >= least && value <= most

/** A value and its type, for a message. */
function shown(value: unknown): string {
  return value === undefined ? 'nothing' : `${JSON.stringify(value)} (${typeof value})`
}
