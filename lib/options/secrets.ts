/** What of the command's arguments and environment must not be printed. */
import { userOf } from '../model/redaction.ts'
import { MASK_KEY, variableOf } from './environment.ts'
import { spellingsOf } from './flags.ts'
import { OPTIONS } from './groups/all-options.ts'
import type { Option } from './option.ts'

const SECRET_OPTIONS = Object.values(OPTIONS as Record<string, Option>).filter(
  (option) => 'secret' in option && option.secret,
)

/** Of the options whose value is secret. */
export const SECRET_SPELLINGS: ReadonlySet<string> = new Set(SECRET_OPTIONS.flatMap(spellingsOf))

/** Of the environment: what the AWS SDK reads, and the key of the masks. */
const VARIABLES = ['AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', MASK_KEY]

/** Shorter ones are made up for an emulator, and stand in other words too. */
const LEAST_LENGTH = 16

/** Whatever else is wrong with the arguments. */
export function secretsIn(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): string[] {
  const values = argv.flatMap((argument, at) => {
    const [spelling = '', ...joined] = argument.split('=')
    if (!SECRET_SPELLINGS.has(spelling)) return []
    return joined.length > 0 ? [joined.join('=')] : [argv[at + 1] ?? '']
  })
  const ours = Object.entries(env).flatMap(([name, value]) =>
    name.startsWith('TABLESYNC_') && value !== undefined ? [value] : [],
  )
  const tokens = SECRET_OPTIONS.flatMap((option) => env[variableOf(option)] ?? [])
  const users = [...argv, ...ours.flatMap((value) => value.split(','))].flatMap((argument) => {
    const user = userOf(argument) ?? userOf(argument.slice(argument.indexOf('=') + 1))
    return user === undefined ? [] : [user, user.slice(user.indexOf(':') + 1), encodeURI(user)]
  })
  const variables = VARIABLES.flatMap((name) => env[name] ?? [])
  return [
    ...[...values, ...tokens, ...users].filter((value) => value !== '' && !value.startsWith('-')),
    ...variables.filter((value) => value.length >= LEAST_LENGTH),
  ]
}
