/** One value against its option's kind and range. */
import { usageError } from '../../errors.ts'
import type { Option } from '../option.ts'
import { shown } from './quoted-value.ts'

/** @throws TablesyncError with code `USAGE` */
export function checkValue(option: Option, name: string, value: unknown): void {
  switch (option.kind) {
    case 'switch':
      if (typeof value === 'boolean') return
      throw usageError(
        `Expected \`${name}\` to be true or false, got ${shown(value)}`,
        `Leave it out for ${option.turnsOff === true}.`,
      )
    case 'text':
    case 'duration':
      if (value === '-' && option.kind === 'text' && option.value === 'file') {
        if (option.mayBeStream) return
        throw usageError(`Expected \`${name}\` to be a file, got "-"`, 'Name a file.')
      }
      if (typeof value === 'string' && value !== '') return
      throw usageError(
        `Expected \`${name}\` to be one ${option.value}, got ${option.secret ? 'something else' : shown(value)}`,
        LEAVE_OUT,
      )
    case 'texts':
      if (Array.isArray(value) && value.every((text) => typeof text === 'string' && text !== ''))
        return
      throw usageError(`Expected \`${name}\` to be a list of texts, got ${shown(value)}`, LEAVE_OUT)
    case 'url':
      checkUrl(value, name)
      return
    case 'amount':
    case 'key':
      // Read, and refused, where their group is resolved.
      return
    case 'whole':
      if (Number.isInteger(value) && within(value as number, option)) return
      throw usageError(
        `Expected \`${name}\` to be a whole number from ${option.least} to ${option.most}, got ${shown(value)}`,
        LEAVE_OUT,
      )
    case 'number':
      if (typeof value === 'number' && within(value, option)) return
      throw usageError(
        `Expected \`${name}\` to be a number from ${option.least} to ${option.most}, got ${shown(value)}`,
        LEAVE_OUT,
      )
    case 'choice':
      if (option.choices.includes(value as string)) return
      throw usageError(
        `Expected \`${name}\` to be one of ${option.choices.join(', ')}, got ${shown(value)}`,
        LEAVE_OUT,
      )
    default:
      option satisfies never
  }
}

const LEAVE_OUT = 'Correct it, or leave it out.'

export function checkUrl(value: unknown, name: string): void {
  if (value === undefined) return
  if (typeof value === 'string' && /^https?:\/\//.test(value) && URL.canParse(value)) return
  throw usageError(
    `Expected \`${name}\` to be an http or https URL, got ${shown(value)}`,
    'For example http://localhost:8000.',
  )
}

const within = (value: number, { least, most }: { least: number; most: number }) =>
  value >= least && value <= most
