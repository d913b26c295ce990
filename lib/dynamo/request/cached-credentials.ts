/** The identity that a client signs with: the keeper's last answer, for as long as it is valid. */
import type {
  CredentialKeeper,
  HeldCredentials,
  PlainCredentials,
} from '../../model/tables/aws-credentials.ts'

export interface Identity {
  /** Those that are held and still valid. Undefined: they have to be asked for. */
  held(): PlainCredentials | undefined
  /** @throws TablesyncError with code `CREDENTIALS` if there are none */
  get(): Promise<PlainCredentials>
  /** Called when a table calls credentials expired. Resolves to whether there are others now. */
  replace(refused: PlainCredentials): Promise<boolean>
}

export function identityFrom(keeper: CredentialKeeper): Identity {
  let held: HeldCredentials | undefined
  let asking: Promise<HeldCredentials> | undefined
  const ask = async (refused?: string) => {
    asking ??= keeper(refused).finally(() => {
      asking = undefined
    })
    held = await asking
    return held.credentials
  }
  const valid = () =>
    held !== undefined && Date.now() < held.askAgainAt ? held.credentials : undefined
  return {
    held: valid,
    get: async () => valid() ?? ask(),
    async replace(refused) {
      const current = held?.credentials
      const isCurrent = current === undefined || current.accessKeyId === refused.accessKeyId
      const { accessKeyId, sessionToken } = isCurrent ? await ask(refused.accessKeyId) : current
      return accessKeyId !== refused.accessKeyId || sessionToken !== refused.sessionToken
    },
  }
}
