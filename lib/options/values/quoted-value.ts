/** A value that was given, as a refusal may repeat it: enough to find it, and no secret. */
import { format } from 'node:util'
import { redacted } from '../../model/redaction.ts'

/** Of an object it shows the names of its fields alone; their values may be credentials. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (typeof value === 'string') return JSON.stringify(shortened(redacted(value)))
  if (typeof value === 'function') return 'a function'
  if (Array.isArray(value))
    return `[${value.map((one) => (Array.isArray(one) ? 'a list' : shown(one))).join(', ')}]`
  if (typeof value === 'object' && value !== null) {
    const fields = Object.keys(value)
    return fields.length === 0 ? 'an empty object' : `an object with ${fields.join(', ')}`
  }
  return format(value)
}

const LONGEST = 120

const shortened = (text: string) => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text)
