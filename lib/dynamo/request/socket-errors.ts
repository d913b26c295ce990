/**
 * Connections that cannot be opened, or that break: the system's code, what it means, and what to
 * do. In each case, a later try may succeed.
 */
import type { FailureKind } from './error-kind.ts'

/** As Node.js makes them. If several addresses were tried, one error holds those of the others. */
export interface SocketError extends Error {
  readonly code?: string
  readonly address?: string
  readonly port?: number
  readonly errors?: readonly SocketError[]
}

const trouble = (hint: string): FailureKind => ({ code: 'UNREACHABLE', scope: 'segment', hint })

export const UNREACHABLE = trouble(
  'Check the region, the endpoint and the network between here and there.',
)
const REFUSED = trouble('Nobody listens there. Check the endpoint, and that its engine is running.')
const NO_NAME = trouble(
  'The name was not found: check the region, the endpoint and the name servers of this machine.',
)
const NO_ROUTE = trouble('This machine has no network, or no way to that address: check both.')
const NO_FILES = trouble(
  'This process has as many open files as it may have: raise that (ulimit -n), or run with a lower --parallel.',
)
const NO_FILES_AT_ALL = trouble(
  'This machine has as many open files as it can have: end what holds them, or raise fs.file-max.',
)
const NO_PORT = trouble(
  'This machine has no free local port or address to connect from. Lower --parallel, or wait until closed connections expire.',
)
const NO_MEMORY = trouble(
  'This machine has no memory left for connections. End other processes, or lower --parallel.',
)
const FORBIDDEN = trouble(
  'A firewall or sandbox of this machine forbids the connection. Allow it there.',
)
const BUSY = trouble('The system of this machine could not open a connection just now. Run again.')
const NO_TLS = trouble('Check that the endpoint speaks https. For an emulator, it is http://.')
const NOT_TRUSTED = trouble(
  'The certificate is not trusted. If your own authority issued it, for the endpoint or a proxy, name its file in AWS_CA_BUNDLE or NODE_EXTRA_CA_CERTS.',
)
const WRONG_NAME = trouble(
  'The certificate is for another name: check the endpoint, and what stands between here and there.',
)
const NOT_LED = trouble(
  'Check HTTPS_PROXY, the name and password in it, and what the proxy allows; NO_PROXY names hosts that need none.',
)
const OUT_OF_DATE = trouble(
  'The certificate is out of date by the clock of this machine: check both.',
)

/** Failures before anything was sent. */
const BEFORE_SENDING: ReadonlyMap<string, FailureKind> = new Map([
  ['ECONNREFUSED', REFUSED],
  ['ENOTFOUND', NO_NAME],
  ['EHOSTUNREACH', NO_ROUTE],
  ['EHOSTDOWN', NO_ROUTE],
  ['ENETUNREACH', NO_ROUTE],
  ['ENETDOWN', NO_ROUTE],
  ['EMFILE', NO_FILES],
  ['ENFILE', NO_FILES_AT_ALL],
  ['EADDRNOTAVAIL', NO_PORT],
  ['EADDRINUSE', NO_PORT],
  ['ENOBUFS', NO_MEMORY],
  ['ENOMEM', NO_MEMORY],
  ['EACCES', FORBIDDEN],
  ['EPERM', FORBIDDEN],
  ['EBUSY', BUSY],
  ['EAGAIN', BUSY],
  ['EPROTO', NO_TLS],
  ['ERR_PROXY_REFUSED', NOT_LED],
  ['ERR_PROXY_UNAVAILABLE', NOT_LED],
  ['ERR_TLS_CERT_ALTNAME_INVALID', WRONG_NAME],
  ['CERT_HAS_EXPIRED', OUT_OF_DATE],
  ['CERT_NOT_YET_VALID', OUT_OF_DATE],
  ...[
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'SELF_SIGNED_CERT_IN_CHAIN',
    'UNABLE_TO_GET_ISSUER_CERT',
    'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    'CERT_UNTRUSTED',
    'INVALID_CA',
  ].map((code): [string, FailureKind] => [code, NOT_TRUSTED]),
])

/** Undefined: the error is not about a connection. */
export function socketTrouble({ code = '' }: SocketError): FailureKind | undefined {
  const known = BEFORE_SENDING.get(code)
  if (known !== undefined) return known
  // Codes of `getaddrinfo`: the name could not be looked up, for one reason or another.
  if (code.startsWith('EAI_')) return NO_NAME
  // HPE: what came was not HTTP. On a kept connection it may be the rest of another answer.
  const isSystems = /^E[A-Z0-9]+$/.test(code) || /^(HPE|ERR_(TLS|SSL|SOCKET|STREAM))_/.test(code)
  return isSystems ? UNREACHABLE : undefined
}

/** Whether the request failed before anything was sent. */
export const isBeforeSending = ({ code = '' }: SocketError): boolean =>
  BEFORE_SENDING.has(code) || code.startsWith('EAI_')

/** Which addresses were tried, and how that ended. Undefined: the error's own text says it. */
export function triedAddresses({ errors, ...error }: SocketError): string | undefined {
  const tried = errors ?? [error as SocketError]
  const byCode = new Map<string, string[]>()
  for (const { code = '', address, port } of tried) {
    if (address === undefined || port === undefined) continue
    const host = address.includes(':') ? `[${address}]` : address
    byCode.set(code, [...(byCode.get(code) ?? []), `${host}:${port}`])
  }
  const isAll = [...byCode.values()].flat().length === tried.length
  if (!isAll || (errors === undefined && !byCode.has('ECONNREFUSED'))) return undefined
  return [...byCode].map(([code, places]) => `${named(code)} at ${places.join(' and ')}`).join(', ')
}

const named = (code: string) =>
  code === 'ECONNREFUSED' ? 'connection refused (ECONNREFUSED)' : `no connection (${code})`
