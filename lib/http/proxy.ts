/** Finds the proxy in `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`, `NO_PROXY`, in either case. */
import { isIP } from 'node:net'
import { getProxyForUrl } from 'proxy-from-env'
import { usageError } from '../errors.ts'
import { type Target, urlOf } from '../model/tables/request-address.ts'

export interface HttpProxy {
  readonly isTls: boolean
  readonly host: string
  readonly port: number
  /** The URL for messages, without user name and password. */
  readonly shown: string
  /** User name and password, as a header carries them. */
  readonly headers: { readonly 'proxy-authorization'?: string }
}

/** Removes the brackets that an IPv6 address has in a URL. */
export const bareHost = (hostname: string) => hostname.replace(/^\[(.*)\]$/, '$1')

/** Requests of this machine to itself use no proxy, as with other tools. */
const isSelf = (host: string) =>
  host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))

/**
 * Undefined: requests go directly to the target.
 *
 * @throws TablesyncError with code `USAGE` if the proxy is not an http:// or https:// URL
 */
export function proxyFor(target: Target): HttpProxy | undefined {
  if (isSelf(bareHost(target.hostname))) return undefined
  const given = getProxyForUrl(urlOf(target))
  if (given === '') return undefined
  const url = URL.canParse(given) ? new URL(given) : undefined
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw usageError(
      `The proxy for ${target.hostname} is ${url === undefined ? 'no URL' : `a ${url.protocol} URL`}; expected http:// or https://`,
      'Correct HTTPS_PROXY, HTTP_PROXY or ALL_PROXY, or name the host in NO_PROXY.',
    )
  }
  const { protocol, hostname, port, username, password } = url
  const isTls = protocol === 'https:'
  const secret = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return {
    isTls,
    host: bareHost(hostname),
    port: port === '' ? (isTls ? 443 : 80) : Number(port),
    shown: `${protocol}//${url.host}`,
    headers:
      secret === ':'
        ? {}
        : { 'proxy-authorization': `Basic ${Buffer.from(secret).toString('base64')}` },
  }
}
