/** The files that options name: each may serve one purpose only. */
import type { Spelling } from './option.ts'

const NAMES = [
  ...['report', 'journal', 'plan', 'checkpoint', 'control', 'metricsFile', 'html'],
  // Lists of keys, which are read.
  ...['keys', 'exceptKeys'],
  ...['masks', 'maskKeyFile', 'segmentsOf'],
  // Of a fingerprint.
  ...['out', 'like'],
]

/** By the name that the user knows. `-` is a standard stream, and no file. */
export function namedFiles(
  options: object,
  spelling: Spelling,
): Record<string, string | undefined> {
  const fileOf = (name: string) => {
    const value = (options as Readonly<Record<string, unknown>>)[name]
    return typeof value === 'string' && value !== '-' ? value : undefined
  }
  return Object.fromEntries(NAMES.map((name) => [spelling(name), fileOf(name)]))
}
