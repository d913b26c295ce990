/** The options that say what a result means, as names and values. */
import { redacted } from '../model/redaction.ts'
import type { Fact } from './page-data.ts'

/** They are shown by themselves. */
const TABLES: readonly string[] = ['master', 'replicas']

/** On unless a flag turns them off: the flag is what a page names. */
const ON_BY_DEFAULT: readonly string[] = ['ttlAware']

/** Those that are as they are by default are left out. */
export function optionFacts(
  options: Readonly<Record<string, unknown>>,
  nameOf: (option: string) => string,
): Fact[] {
  return Object.entries(options)
    .map(([name, value]) => [name, ON_BY_DEFAULT.includes(name) ? value === false : value] as const)
    .filter(([name, value]) => !TABLES.includes(name) && isSet(value))
    .map(([name, value]) => ({ name: nameOf(name), value: textOf(value) }))
}

const isSet = (value: unknown) =>
  value !== undefined &&
  value !== null &&
  value !== false &&
  !(Array.isArray(value) && value.length === 0)

function textOf(value: unknown): string {
  if (value === true) return 'yes'
  if (Array.isArray(value)) return value.map(textOf).join(', ')
  return redacted(typeof value === 'string' ? value : JSON.stringify(value))
}
