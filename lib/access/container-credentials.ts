/**
 * The role of a container (ECS, EKS). The SDK's provider has no deadline, and prints to the
 * console where no answer comes.
 */
import { readFile } from '@smithy/core/config'
import type { PlainCredentials } from '../model/credentials.ts'
import type { Section } from './configuration.ts'

/** Where Amazon ECS has its endpoint (SDKs and tools reference guide, "Container credential provider"). */
const OF_ECS = 'http://169.254.170.2'

/** Without TLS nobody else is asked: the token would be sent to whoever listens. */
const PLAIN_HOSTS =
  /^(169\.254\.170\.2|169\.254\.170\.23|\[fd00:ec2::23\]|localhost|127\..*|\[::1\])$/

export const hasContainerRole = ({
  AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: relative,
  AWS_CONTAINER_CREDENTIALS_FULL_URI: full,
}: Section) => Boolean(relative || full)

/** @throws Error whose message says what was asked and what came */
export async function containerCredentials(
  env: Section,
  ending: AbortSignal,
): Promise<PlainCredentials> {
  const { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: relative } = env
  const url = new URL(
    relative ? `${OF_ECS}${relative}` : `${env['AWS_CONTAINER_CREDENTIALS_FULL_URI']}`,
  )
  if (url.protocol !== 'https:' && !PLAIN_HOSTS.test(url.hostname)) {
    throw new Error(`AWS_CONTAINER_CREDENTIALS_FULL_URI has to be https for ${url.host}`)
  }
  const response = await fetch(url, {
    headers: { accept: 'application/json', ...(await authorization(env)) },
    redirect: 'error',
    signal: ending,
  }).catch((error: Error) => {
    throw new Error(
      `${url.host} was not reached (${(error.cause as Error | undefined)?.message ?? error.name})`,
    )
  })
  if (!response.ok) throw new Error(`${url.host} answered with status ${response.status}`)
  const answer = (await response.json()) as Record<string, string>
  const { AccessKeyId, SecretAccessKey, Token, Expiration, AccountId } = answer
  return {
    accessKeyId: AccessKeyId as string,
    secretAccessKey: SecretAccessKey as string,
    ...(Token !== undefined && { sessionToken: Token }),
    ...(Expiration !== undefined && { expiration: new Date(Expiration) }),
    ...(AccountId !== undefined && { accountId: AccountId }),
  }
}

async function authorization(env: Section): Promise<{ authorization?: string }> {
  const file = env['AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE']
  const token = file
    ? await readFile(file, { ignoreCache: true })
    : env['AWS_CONTAINER_AUTHORIZATION_TOKEN']
  return token ? { authorization: token.trim() } : {}
}
