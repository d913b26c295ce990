/** AWS credentials as plain data: what the SDK signs with, and what may cross threads. */

export interface PlainCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
  /** Absent: they do not expire. */
  readonly expiration?: Date
  readonly accountId?: string
}

/** Yields credentials anew whenever they are needed. */
export type CredentialSource = () => Promise<PlainCredentials>

export interface HeldCredentials {
  readonly credentials: PlainCredentials
  /** Until then (epoch time) they serve without being asked for again. */
  readonly askAgainAt: number
  /** Why these are default keys, which an emulator takes from anybody. Absent: they are somebody's. */
  readonly defaultKeys?: string
}

/**
 * Yields what is held, renewed where need be.
 *
 * @param refused access key id of credentials that a table has called expired
 */
export type CredentialKeeper = (refused?: string) => Promise<HeldCredentials>
