/**
 * Ignored places in files of runs. `ignore` there names top-level attributes by their bare names,
 * as it always has. Paths, and names that an option would take for paths, are in `ignorePaths`.
 */
import { pathText, stepsOf } from '../path.ts'

export interface RecordedPaths {
  readonly ignore: readonly string[]
  readonly ignorePaths?: readonly string[]
}

/** Whether an option takes the text for the bare name of an attribute, without a path's marks. */
export const isBareName = (text: string): boolean => !/[.[\]"\\]/.test(text)

/** The path that `--ignore` means, which takes bare names as ever. Undefined: it is badly spelt. */
export function pathMeant(text: string): string | undefined {
  return text !== '' && isBareName(text) ? pathText([text]) : pathSpelt(text)
}

/** The one spelling of a path. Undefined: it is badly spelt. */
export function pathSpelt(text: string): string | undefined {
  const steps = stepsOf(text)
  return steps && pathText(steps)
}

export function recordedPaths(paths: readonly string[]): RecordedPaths {
  const names = paths.map((path) => {
    const [name, ...more] = stepsOf(path) ?? []
    return typeof name === 'string' && more.length === 0 && isBareName(name) ? name : undefined
  })
  const isAllNames = names.every((name) => name !== undefined)
  return isAllNames ? { ignore: names } : { ignore: [], ignorePaths: paths }
}

/** The paths that a file means, whichever release wrote it. */
export const pathsRecorded = ({ ignore = [], ignorePaths = [] }: Partial<RecordedPaths>) => [
  ...ignore.map((name) => pathText([name])),
  ...ignorePaths,
]
