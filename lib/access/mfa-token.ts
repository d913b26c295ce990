import { TablesyncError } from '../errors.ts'

/** Gives the token to the first caller only: a service accepts it once. */
export function oneTimeToken(token: string | undefined): (serial: string) => Promise<string> {
  let used = false
  return async (serial) => {
    if (token !== undefined && !used) {
      used = true
      return token
    }
    throw new TablesyncError(
      used
        ? `The session of MFA device ${serial} has ended, and its token can be used only once`
        : `MFA device ${serial} wants a token, and none was given`,
      {
        code: 'CREDENTIALS',
        scope: 'table',
        hint: used
          ? 'Run again with a new token. For long runs, give the role a longer session.'
          : 'Give the six digits with --mfa-token or --replica-mfa-token.',
      },
    )
  }
}
