/** The options of a comparison as `run.json` holds them: without secrets, and without functions. */
import { usageError } from '../../errors.ts'
import { userOf } from '../../model/redaction.ts'
import { OPTIONS } from '../../options/groups/all-options.ts'
import type { Option, Spelling } from '../../options/option.ts'

type Given = Readonly<Record<string, unknown>>

/** What only the program that plans can use. */
const OF_PROGRAM = ['signal', 'timeouts', 'onProgress', 'onDifference', 'confirm']

/** @throws TablesyncError with code `USAGE` where one of them holds a secret that all shards would need */
export function optionsOfRun(given: Given, spelling: Spelling): Given {
  refuseKeys(given, spelling)
  const isKept = ([name, value]: [string, unknown]) =>
    value !== undefined && !OF_PROGRAM.includes(name) && !isSecret(name)
  return Object.fromEntries(Object.entries(given).filter(isKept))
}

function isSecret(name: string): boolean {
  const option = (OPTIONS as Readonly<Record<string, Option>>)[name]
  return option !== undefined && 'secret' in option && option.secret === true
}

function refuseKeys(given: Given, spelling: Spelling): void {
  const tables = ['master', 'replicas'].flatMap((name) =>
    [given[name]].flat().map((table) => ({ name, table })),
  )
  for (const { name, table } of tables) {
    const { credentials, mfaToken } = (table ?? {}) as Given
    if (credentials === undefined && mfaToken === undefined) continue
    throw usageError(
      `Expected \`${spelling(name)}\` without credentials, got some: all machines would read them in the folder`,
      'Name a profile or a role, which each machine finds.',
    )
  }
  for (const [name, value] of Object.entries(given)) {
    const endpoints = [value].flat().map((one) => (one as Given | undefined)?.['endpoint'] ?? one)
    if (!endpoints.some((one) => typeof one === 'string' && userOf(one) !== undefined)) continue
    throw usageError(
      `Expected \`${spelling(name)}\` without user name and password, got both: all machines would read them in the folder`,
      'Leave them out.',
    )
  }
}
