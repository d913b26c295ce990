/** The starting key as far as it can be checked without the table. */
import { usageError } from '../../errors.ts'
import type { Spelling } from '../option.ts'
import { jsonObjectOf } from './json-object.ts'
import { shown } from './quoted-value.ts'

interface Given {
  readonly startingKey?: string | Readonly<Record<string, unknown>>
  readonly segments?: number
}

export function parseStartingKey({ startingKey, segments }: Given, spelling: Spelling) {
  if (startingKey === undefined) return undefined
  if (segments !== undefined && segments > 1) {
    throw usageError(
      `Expected one segment with \`${spelling('startingKey')}\`, got ${segments}`,
      `Leave out \`${spelling('segments')}\`, or give 1: a key is a place in one scan.`,
    )
  }
  const value = jsonObjectOf(startingKey)
  if (value === undefined) {
    throw usageError(
      `Expected \`${spelling('startingKey')}\` to be a JSON object, got ${shown(startingKey)}`,
      'For example {"id":"a","at":7}, or {"id":{"S":"a"},"at":{"N":"7"}}.',
    )
  }
  return value
}
