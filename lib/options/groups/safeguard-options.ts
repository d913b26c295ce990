/** The safeguards as they were asked for. */
import { usageError } from '../../errors.ts'
import type { Spelling } from '../option.ts'
import { shown } from '../quoted-value.ts'
import type { RunOptions } from '../run-options.ts'
import type { SafeguardSettings } from '../settings.ts'

/** A replica that has drifted further than this is looked at before its extras are deleted. */
const USUAL_DELETES = {
  count: 1000,
  percent: 1,
  // A thousand are all of a small table.
  atMost: { count: 10, percent: 20 },
}

export function resolveSafeguards(options: RunOptions, spelling: Spelling): SafeguardSettings {
  return {
    maxWrites: options.maxWrites,
    maxDeletes:
      options.maxDeletes === undefined
        ? USUAL_DELETES
        : parseMaxDeletes(String(options.maxDeletes), spelling('maxDeletes')),
    allowShrunkenMaster: options.allowShrunkenMaster === true,
    allowGlobalTable: options.allowGlobalTable === true,
    allowStreams: options.allowStreams === true,
  }
}

function parseMaxDeletes(text: string, name: string): SafeguardSettings['maxDeletes'] {
  const [, number, percent] = /^(\d+(?:\.\d+)?)(%?)$/.exec(text) ?? []
  const value = Number(number)
  const isInRange = percent === '%' ? value <= 100 : Number.isSafeInteger(value)
  if (number === undefined || !isInRange) {
    throw usageError(
      `Expected \`${name}\` to be a whole number, or a percentage up to 100%, got ${shown(text)}`,
      'For example 5000, or 2.5% of the items of the replica; 0 forbids deletions.',
    )
  }
  return percent === '%' ? { percent: value } : { count: value }
}
