/** Each option by itself: its kind, its range, and that it is one at all. */
import { type TablesyncError, usageError } from '../errors.ts'
import { OPTIONS } from './groups/all-options.ts'
import { checkProgramOptions, PROGRAM_OPTIONS } from './groups/program-options.ts'
import { nearest } from './nearest.ts'
import type { Option, Spelling } from './option.ts'
import { shown } from './quoted-value.ts'
import type { RunOptions } from './run-options.ts'

/** Of more than one type, or with a meaning of their own. */
const CHECKED_APART = new Set([
  'master',
  'replicas',
  'startingKey',
  'maxDeletes',
  'readCapacity',
  'writeCapacity',
  'masterReadCapacity',
])

export function checkOptions(options: RunOptions, spelling: Spelling): void {
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || Object.hasOwn(PROGRAM_OPTIONS, name)) continue
    const option = Object.hasOwn(OPTIONS, name)
      ? (OPTIONS as Record<string, Option>)[name]
      : undefined
    if (option === undefined) throw unknownOption(name)
    if (option.only !== undefined) {
      throw usageError(
        `Expected \`${spelling(name)}\` to come with \`tablesync ${option.only}\`, got it without`,
      )
    }
    if (!CHECKED_APART.has(name)) {
      checkValue(option, spelling(name), value)
    }
  }
  checkProgramOptions(options)
  checkTable(options.master, spelling('master'))
  const { replicas } = options
  if (!Array.isArray(replicas) || replicas.length === 0) {
    const name = `\`${spelling('replicas')}\``
    throw usageError(
      typeof replicas === 'string'
        ? `Expected ${name} to be a list, got ${shown(replicas)}`
        : `Expected at least one ${name}, got ${shown(replicas)}`,
      'Name the tables to compare with the master, as <region>:<table> or ARN.',
    )
  }
  for (const replica of replicas) checkTable(replica, spelling('replicas'))
  for (const name of ['endpoint', 'masterEndpoint', 'replicaEndpoint'] as const) {
    checkUrl(options[name], spelling(name))
  }
}

function unknownOption(name: string): TablesyncError {
  const alike = nearest(name, [...Object.keys(OPTIONS), ...Object.keys(PROGRAM_OPTIONS)])
  const hint = alike === undefined ? undefined : `Is \`${alike}\` meant?`
  return usageError(`Expected a known option, got \`${name}\``, hint)
}

/** What a table may be given besides its name. */
const TABLE_FIELDS = ['endpoint', 'credentials', 'profile', 'roleArn', 'mfaSerial', 'mfaToken']

function checkTable(table: unknown, name: string): void {
  if (typeof table === 'string' && table !== '') return
  const given = table as Partial<Record<string, unknown>> | null | undefined
  if (typeof given?.['table'] !== 'string') {
    throw usageError(
      `Expected one \`${name}\`, as <region>:<table> or ARN, got ${shown(table)}`,
      'For example us-east-1:Orders.',
    )
  }
  for (const [field, value] of Object.entries(given)) {
    if (field === 'table' || value === undefined) continue
    if (!TABLE_FIELDS.includes(field)) {
      throw usageError(
        `Expected \`${name}\` to have known fields, got \`${field}\``,
        `A table has table, ${TABLE_FIELDS.join(', ')}.`,
      )
    }
    if (field === 'endpoint') checkUrl(value, `endpoint of ${name}`)
    else if (field === 'credentials') checkCredentials(value, `credentials of ${name}`)
    else if (typeof value !== 'string' || value === '') {
      throw usageError(`Expected \`${field} of ${name}\` to be text, got ${typeof value}`)
    }
  }
}

function checkCredentials(value: unknown, name: string): void {
  if (typeof value === 'function') return
  const { accessKeyId, secretAccessKey } = (value ?? {}) as Record<string, unknown>
  if (typeof accessKeyId === 'string' && typeof secretAccessKey === 'string') return
  throw usageError(
    `Expected \`${name}\` to have accessKeyId and secretAccessKey, or to be a function that yields them, got ${shown(value)}`,
  )
}

function checkUrl(value: unknown, name: string): void {
  if (value === undefined) return
  if (typeof value === 'string' && /^https?:\/\//.test(value) && URL.canParse(value)) return
  throw usageError(
    `Expected \`${name}\` to be an http or https URL, got ${shown(value)}`,
    'For example http://localhost:8000.',
  )
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
    case 'number':
      if (typeof value === 'number' && within(value, option)) return
      throw usageError(
        `Expected \`${name}\` to be a number from ${option.least} to ${option.most}, got ${shown(value)}`,
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
