/** Makes the files that a file of options names relative to that file. */
import { resolve } from 'node:path'
import { ALL_OPTIONS } from '../options/groups/all-options.ts'
import { isFields } from '../options/pair-options.ts'

type Fields = Readonly<Record<string, unknown>>

export function absolutePaths(fields: Fields, folder: string): Fields {
  const { pairs } = fields
  return {
    ...resolved(fields, folder),
    ...(Array.isArray(pairs) && {
      pairs: pairs.map((pair) => (isFields(pair) ? resolved(pair, folder) : pair)),
    }),
  }
}

const resolved = (fields: Fields, folder: string): Fields =>
  Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      isFileName(name) && typeof value === 'string' && value !== '-'
        ? resolve(folder, value)
        : value,
    ]),
  )

/** `value` is what the help calls it. */
function isFileName(name: string): boolean {
  const option = ALL_OPTIONS[name]
  return option?.kind === 'text' && ['file', 'module.js'].includes(option.value)
}
