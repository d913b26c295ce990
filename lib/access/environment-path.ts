/** The one source of credentials that the environment sets up, if the user gave none. */
import type { Configuration } from './configuration.ts'
import { hasContainerRole } from './container-credentials.ts'
import {
  type CredentialPath,
  credentialPath,
  type Origin,
  speaksOfCredentials,
} from './credential-path.ts'

/**
 * Looks in the order of the SDK. Unlike in the SDK, a source that is set up is final: if the
 * session of a default profile has ended, the machine's role does not take its place.
 *
 * @param asksMachine whether the role of this container or machine may be used
 * @throws Error whose message says that nothing is set up, or which part of it is missing
 */
export function environmentPath(
  configuration: Configuration,
  { asksMachine }: { readonly asksMachine: boolean },
): CredentialPath {
  const { env, files } = configuration
  const { AWS_PROFILE: profile, AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret } = env
  if (profile) return credentialPath(profile, configuration)
  if (id && secret) return begin({ kind: 'environment' })
  if (id || secret) {
    throw new Error(
      `of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY only the ${id ? 'first' : 'second'} is set`,
    )
  }
  if (speaksOfCredentials(configuration.credentialsOf('default'))) {
    return credentialPath('default', configuration)
  }
  const { AWS_WEB_IDENTITY_TOKEN_FILE: tokenFile, AWS_ROLE_ARN: roleArn } = env
  if (tokenFile && roleArn) {
    const sessionName = env['AWS_ROLE_SESSION_NAME']
    return begin({ kind: 'web-identity', profile: undefined, tokenFile, roleArn, sessionName })
  }
  if (asksMachine && hasContainerRole(env)) return begin({ kind: 'container' })
  const { AWS_EC2_METADATA_DISABLED: disabled } = env
  if (asksMachine && (!disabled || disabled === 'false')) return begin({ kind: 'instance' })
  throw new Error(`neither the environment nor a default profile in ${files} gives credentials`)
}

const begin = (origin: Origin): CredentialPath => ({ origin, roles: [] })
