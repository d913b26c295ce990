/**
 * Credentials from the role of a container (ECS, EKS). The SDK's provider has no deadline, and
 * prints to the console if no answer comes.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { readFile } from '@smithy/core/config'
import type { PlainCredentials } from '../model/tables/aws-credentials.ts'
import type { Milliseconds } from '../model/units.ts'
import type { Section } from './configuration.ts'

/** Amazon ECS's endpoint (SDKs and tools reference guide, "Container credential provider"). */
const OF_ECS = 'http://169.254.170.2'

/** The only hosts that may be asked without TLS: the token would go to whoever listens. */
const PLAIN_HOSTS =
  /^(169\.254\.170\.2|169\.254\.170\.23|\[fd00:ec2::23\]|localhost|127\..*|\[::1\])$/

export const hasContainerRole = ({
  AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: relative,
  AWS_CONTAINER_CREDENTIALS_FULL_URI: full,
}: Section) => Boolean(relative || full)

/** The endpoint is on the same machine: an answer takes milliseconds. */
const ANSWERS_WITHIN: Milliseconds = 5000

/** The endpoint has limits, and starts together with the container: the first try may fail. */
const TRIES = 3
const TRY_AGAIN_AFTER: Milliseconds = 1000

/**
 * @param ending when it aborts, the wait for an answer ends
 * @throws Error whose message says what was asked and what came, without any content of an answer
 */
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
  for (let tried = 1; ; tried++) {
    try {
      return await askOnce(url, env, ending)
    } catch (error) {
      if (tried === TRIES || ending.aborted) throw error
      await sleep(TRY_AGAIN_AFTER)
    }
  }
}

async function askOnce(url: URL, env: Section, ending: AbortSignal): Promise<PlainCredentials> {
  const late = new AbortController()
  const giveUp = () => late.abort()
  const timer = setTimeout(giveUp, ANSWERS_WITHIN)
  ending.addEventListener('abort', giveUp)
  try {
    const headers = { accept: 'application/json', ...(await authorization(env)) }
    const response = await fetch(url, { headers, redirect: 'error', signal: late.signal })
    if (!response.ok) throw new Error(`answered with status ${response.status}`)
    const answer = await response.json().catch(() => undefined)
    return credentialsOf((answer ?? {}) as Record<string, string>)
  } catch (error) {
    throw new Error(`${url.host} ${late.signal.aborted ? NO_ANSWER : reasonOf(error as Error)}`)
  } finally {
    clearTimeout(timer)
    ending.removeEventListener('abort', giveUp)
  }
}

const NO_ANSWER = `gave no answer in ${ANSWERS_WITHIN / 1000} s`

/** `fetch` only says that it failed; the cause says why. */
const reasonOf = ({ message, cause }: Error) =>
  cause instanceof Error ? `was not reached: ${cause.message}` : message

function credentialsOf(answer: Readonly<Record<string, string>>): PlainCredentials {
  const { AccessKeyId, SecretAccessKey, Token, Expiration, AccountId } = answer
  if (!AccessKeyId || !SecretAccessKey) throw new Error('gave an answer without credentials')
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
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
