/** AWS credentials as plain data: what the SDK signs with, and what may cross threads. */

export interface PlainCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
  /** Absent: they do not expire. */
  readonly expiration?: Date
  readonly accountId?: string
}

/** Returns new credentials whenever they are needed. */
export type CredentialSource = () => Promise<PlainCredentials>

export interface HeldCredentials {
  readonly credentials: PlainCredentials
  /** Until then (epoch time, milliseconds) the credentials serve without another request. */
  readonly askAgainAt: number
  /** Why these are default keys, which any emulator accepts. Absent: they are real ones. */
  readonly defaultKeys?: string
}

/**
 * Returns the held credentials, renewed if needed.
 *
 * @param refused access key id of credentials that a table has called expired
 */
export type CredentialKeeper = (refused?: string) => Promise<HeldCredentials>
