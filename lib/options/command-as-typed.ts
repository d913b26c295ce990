/** The command as it was typed, for a file that others may read: without secrets. */
import { redacted } from '../model/redaction.ts'
import { SECRET_SPELLINGS, secretsIn } from './secrets.ts'

const GONE = '…'

/** Word by word, `tablesync` first. */
export function commandAsTyped(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): string[] {
  const secrets = secretsIn(argv, env)
  return [
    'tablesync',
    ...argv.map((word, at) => {
      if (SECRET_SPELLINGS.has(argv[at - 1] ?? '')) return GONE
      const [spelling = ''] = word.split('=', 1)
      return SECRET_SPELLINGS.has(spelling) && word !== spelling
        ? `${spelling}=${GONE}`
        : redacted(word, secrets)
    }),
  ]
}
