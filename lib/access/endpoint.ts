/** Finds where a table is, by flags, environment and its own profile, before any request. */
import { usageError } from '../errors.ts'
import { redacted } from '../model/redaction.ts'
import { isHere } from '../model/tables/endpoint-kind.ts'
import { type EndpointVariant, shownEndpoint, type TableRef } from '../model/tables/table.ts'
import {
  type Configuration,
  profileInUse,
  readConfiguration,
  type Section,
} from './configuration.ts'

export interface ConfiguredEndpoint {
  readonly url: string
  /** Who configured it: a variable, or a profile. */
  readonly from: string
}

/**
 * Returns the table with its endpoint, if that is not the service's own for the region.
 *
 * @param given the profile given for the table; undefined: the environment's profile applies
 * @throws TablesyncError with code `USAGE` if the configuration cannot be used
 */
export async function locateTable(ref: TableRef, given: string | undefined): Promise<TableRef> {
  const configuration = await readConfiguration()
  const { url: endpoint, from: endpointFrom } =
    ref.endpoint === undefined
      ? (configuredEndpoint(configuration, given, 'DynamoDB') ?? {})
      : { url: ref.endpoint, from: ref.endpointFrom }
  const variants = isHere(endpoint) ? [] : endpointVariants(configuration, given)
  const [variant] = variants
  if (endpoint !== undefined && variant !== undefined) {
    throw usageError(
      `Expected ${ref.label} to have an endpoint of its own or a ${variant.kind} endpoint, got both: ` +
        `${endpointFrom ?? 'endpoint'} and ${variant.from}`,
      'Turn that setting off, or remove the endpoint.',
    )
  }
  return {
    ...ref,
    ...(endpoint !== undefined && { endpoint }),
    ...(endpointFrom !== undefined && { endpointFrom }),
    ...(variants.length > 0 && { variants }),
  }
}

/**
 * Looks in the order of the SDKs and tools reference guide, "Service-specific endpoints". The SDK
 * itself takes the endpoint of `AWS_PROFILE` even for a client that was given another profile.
 *
 * @param service the service's id there, such as `DynamoDB` or `STS`
 */
export function configuredEndpoint(
  configuration: Configuration,
  given: string | undefined,
  service: string,
): ConfiguredEndpoint | undefined {
  const { env } = configuration
  const profile = profileInUse(given, configuration)
  const settings = configuration.settingsOf(profile)
  const ignored = toggle(env, settings, profile, 'ignore_configured_endpoint_urls')
  if (ignored !== undefined) return undefined
  for (const name of [`AWS_ENDPOINT_URL_${service.toUpperCase()}`, 'AWS_ENDPOINT_URL']) {
    const url = env[name]
    if (url) return checked({ url, from: name })
  }
  const from = `profile ${profile}`
  const { services, endpoint_url: url } = settings
  if (services !== undefined) {
    const section = configuration.section('services', services)
    if (section === undefined) {
      throw usageError(
        `Expected the services section ${services} that ${from} names to be in the same file, found none`,
        'Put both in one file, or remove `services` from the profile.',
      )
    }
    const ofService = section[`${service.toLowerCase()}.endpoint_url`]
    if (ofService !== undefined) return checked({ url: ofService, from })
  }
  return url === undefined ? undefined : checked({ url, from })
}

function checked({ url, from }: ConfiguredEndpoint): ConfiguredEndpoint {
  if (/^https?:\/\/[^/]/.test(url) && URL.canParse(url)) return { url: shownEndpoint(url), from }
  throw usageError(
    `Expected the endpoint of ${from} to be an http or https URL, got ${JSON.stringify(redacted(url))}`,
    'For example http://localhost:8000.',
  )
}

export function endpointVariants(
  configuration: Configuration,
  given: string | undefined,
): EndpointVariant[] {
  const profile = profileInUse(given, configuration)
  const settings = configuration.settingsOf(profile)
  const from = (name: string) => toggle(configuration.env, settings, profile, name)
  const fips = from('use_fips_endpoint')
  const dualStack = from('use_dualstack_endpoint')
  return [
    ...(fips === undefined ? [] : [{ kind: 'FIPS', from: fips } as const]),
    ...(dualStack === undefined ? [] : [{ kind: 'dual-stack', from: dualStack } as const]),
  ]
}

/** Who turns a setting on. Undefined: nobody does, or a place that overrides it turns it off. */
function toggle(
  env: Section,
  settings: Section,
  profile: string,
  name: string,
): string | undefined {
  const variable = `AWS_${name.toUpperCase()}`
  const places = [
    { value: env[variable], from: variable },
    { value: settings[name], from: `${name} of profile ${profile}` },
  ]
  const { value, from } = places.find((place) => place.value) ?? {}
  if (value === undefined || /^false$/i.test(value)) return undefined
  if (/^true$/i.test(value)) return from
  throw usageError(
    `Expected ${from} to be true or false, got ${JSON.stringify(value)}`,
    'Set it to one of these, or remove it.',
  )
}
