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
