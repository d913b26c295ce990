/** Each option by itself: that it is one, that its command takes it, and its value. */
import { type TablesyncError, usageError } from '../errors.ts'
import { nameOf } from './flags.ts'
import { OPTIONS } from './groups/all-options.ts'
import { checkProgramOptions, PROGRAM_OPTIONS } from './groups/program-options.ts'
import { TABLE_OPTIONS } from './groups/table-options.ts'
import { nearest } from './nearest.ts'
import type { Option, Spelling } from './option.ts'
import type { RunOptions } from './run-options.ts'
import { checkValue } from './values/check-value.ts'

export function checkOptions(options: RunOptions, spelling: Spelling): void {
  for (const [name, value] of Object.entries(options)) {
    // Tables are objects too, and are checked where they are resolved.
    const isApart = Object.hasOwn(PROGRAM_OPTIONS, name) || Object.hasOwn(TABLE_OPTIONS, name)
    if (value === undefined || isApart) continue
    const option = Object.hasOwn(OPTIONS, name)
      ? (OPTIONS as Record<string, Option>)[name]
      : undefined
    if (option === undefined) throw unknownOption(name)
    if (option.only !== undefined) {
      throw usageError(
        `Expected \`${spelling(name)}\` to come with \`tablesync ${option.only.join('` or `tablesync ')}\`, got it without`,
        'Leave it out.',
      )
    }
    checkValue(option, spelling(name), value)
  }
  checkProgramOptions(options)
}

export function unknownOption(name: string): TablesyncError {
  const alike =
    nameOfFlag(name) ?? nearest(name, [...Object.keys(OPTIONS), ...Object.keys(PROGRAM_OPTIONS)])
  const hint = alike === undefined ? 'docs/flags.md lists all options.' : `Is \`${alike}\` meant?`
  return usageError(`Expected a known option, got \`${name}\``, hint)
}

/** The option that has a flag, or an alias, that reads like this in camel case. */
export function nameOfFlag(camelCase: string): string | undefined {
  const flag = camelCase.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
  const name = nameOf(`--${flag}`)
  return name !== undefined && Object.hasOwn(OPTIONS, name) ? name : undefined
}
