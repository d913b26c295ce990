/** Tells by an address who answers there: the service, something on this machine, or neither. */

/** The names under which a container reaches the machine that it runs on. */
const OF_CONTAINERS = new Set([
  'host.docker.internal',
  'gateway.docker.internal',
  'host.containers.internal',
])

/** DNS suffixes of AWS (the SDK's list of partitions). */
const AWS_SUFFIXES = [
  'amazonaws.com',
  'amazonaws.com.cn',
  'amazonaws.eu',
  'c2s.ic.gov',
  'sc2s.sgov.gov',
  'csp.hci.ic.gov',
  'cloud.adc-e.uk',
  'api.aws',
  'api.amazonwebservices.com.cn',
  'api.amazonwebservices.eu',
  'api.aws.ic.gov',
  'api.aws.hci.ic.gov',
  'api.aws.scloud',
  'api.cloud-aws.adc-e.uk',
]

/** True for an endpoint on this machine: an emulator, not the service. */
export function isHere(endpoint: string | undefined): boolean {
  if (endpoint === undefined) return false
  const { hostname } = new URL(endpoint)
  return isLoopback(hostname) || OF_CONTAINERS.has(hostname)
}

/** True for the service itself. Without an endpoint the SDK chooses the service for the region. */
function isAws(endpoint: string | undefined): boolean {
  if (endpoint === undefined) return true
  const { hostname } = new URL(endpoint)
  return AWS_SUFFIXES.some((suffix) => hostname === suffix || hostname.endsWith(`.${suffix}`))
}

export type Place = 'aws' | 'here' | 'elsewhere'

export const whereIs = (endpoint: string | undefined): Place =>
  isAws(endpoint) ? 'aws' : isHere(endpoint) ? 'here' : 'elsewhere'

/** One text for one server: all names of this machine are one, and a slash at the end is cut. */
export function placeOf(endpoint: string | undefined): string | undefined {
  if (endpoint === undefined) return undefined
  const { protocol, hostname, port, pathname } = new URL(endpoint)
  const host = isHere(endpoint) ? 'localhost' : hostname
  return `${protocol}//${host}:${port}${pathname.replace(/\/$/, '')}`
}

/** Addresses of this machine (`0.0.0.0` leads there too), and the names that resolve to them. */
function isLoopback(hostname: string): boolean {
  return (
    /^(127\..*|0\.0\.0\.0|\[::1?\]|\[::ffff:7f[0-9a-f]{2}:[0-9a-f]+\])$/.test(hostname) ||
    /^(.+\.)?localhost$/.test(hostname) ||
    /^(.+\.)?localhost\.localstack\.cloud$/.test(hostname)
  )
}
