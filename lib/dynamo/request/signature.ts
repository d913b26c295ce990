/**
 * Signs requests to one address, which differ in their operation, their body and the time (AWS
 * General Reference, Signature Version 4). All else is prepared once. `@smithy/signature-v4` does the
 * same for any request, and takes most of the time of a write; it signs where an address has a path
 * or a query, and is what the tests compare with.
 */
import { createHmac, hash } from 'node:crypto'
import { SignatureV4 } from '@smithy/signature-v4'
import type { PlainCredentials } from '../../model/tables/aws-credentials.ts'
import type { RequestAddress } from '../../model/tables/request-address.ts'
import type { Milliseconds } from '../../model/units.ts'
import { Sha256 } from './sha256.ts'

/** What differs between requests. */
export interface ToSign {
  /** `x-amz-target` */
  readonly target: string
  readonly body: Buffer
  readonly at: Milliseconds
}

export type Headers = Readonly<Record<string, string>>

/** Returns all headers of a request, its signature among them. */
export type Sign = (request: ToSign) => Headers | Promise<Headers>

const LENGTH = 'content-length'
const TARGET = 'x-amz-target'
const DATE = 'x-amz-date'
const HASH = 'x-amz-content-sha256'
const TOKEN = 'x-amz-security-token'

/** Headers that proxies may change are not signed. */
const UNSIGNED =
  /^(?:authorization|cache-control|connection|expect|from|keep-alive|max-forwards|pragma|referer|te|trailer|transfer-encoding|upgrade|user-agent|x-amzn-trace-id|proxy-.*|sec-.*)$/

export function signerFor(address: RequestAddress, credentials: PlainCredentials): Sign {
  const { path, query } = address.request
  const isPlain = path === '/' && Object.keys(query).length === 0
  return isPlain ? quickSigner(address, credentials) : anySigner(address, credentials)
}

function anySigner(
  { request, signingRegion: region, signingService: service }: RequestAddress,
  credentials: PlainCredentials,
): Sign {
  const signer = new SignatureV4({ credentials, region, service, sha256: Sha256 })
  return async ({ target, body, at }) => {
    const headers = { ...request.headers, [LENGTH]: String(body.length), [TARGET]: target }
    const signed = await signer.sign(
      { ...request, query: { ...request.query }, headers, body },
      { signingDate: new Date(at) },
    )
    return signed.headers
  }
}

function quickSigner(
  { request, signingRegion, signingService }: RequestAddress,
  credentials: PlainCredentials,
): Sign {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials
  const fixed: Record<string, string> = { ...request.headers }
  if (sessionToken !== undefined) fixed[TOKEN] = sessionToken
  const fixedValues = new Map(
    Object.entries(fixed).map(([name, value]) => [name.toLowerCase(), inOneLine(value)]),
  )
  const names = [...new Set([...fixedValues.keys(), LENGTH, TARGET, DATE, HASH])]
    .filter((name) => !UNSIGNED.test(name))
    .sort()
  const signedNames = names.join(';')
  const canonical = template(names, fixedValues)
  let day: string | undefined
  let scope = ''
  let key: Buffer = Buffer.alloc(0)

  return ({ target, body, at }) => {
    const time = basicTime(at)
    if (day === undefined || !time.startsWith(day)) {
      day = time.slice(0, 8)
      scope = `${day}/${signingRegion}/${signingService}/aws4_request`
      key = [day, signingRegion, signingService, 'aws4_request'].reduce(
        (secret: string | Buffer, part) => createHmac('sha256', secret).update(part).digest(),
        `AWS4${secretAccessKey}`,
      ) as Buffer
    }
    const bodyHash = hash('sha256', body, 'hex')
    const changing = {
      [LENGTH]: String(body.length),
      [TARGET]: target,
      [DATE]: time,
      [HASH]: bodyHash,
    }
    const text = `${request.method}\n/\n\n${canonical(changing)}\n${signedNames}\n${bodyHash}`
    const toSign = `AWS4-HMAC-SHA256\n${time}\n${scope}\n${hash('sha256', text, 'hex')}`
    const signature = createHmac('sha256', key).update(toSign).digest('hex')
    return {
      ...fixed,
      ...changing,
      authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${signedNames}, Signature=${signature}`,
    }
  }
}

/** The lines of the signed headers, in order; those that never change are one text. */
function template(names: readonly string[], fixedValues: ReadonlyMap<string, string>) {
  const texts: string[] = ['']
  const changing: string[] = []
  for (const name of names) {
    const value = fixedValues.get(name)
    texts[texts.length - 1] += value === undefined ? `${name}:` : `${name}:${value}\n`
    if (value !== undefined) continue
    changing.push(name)
    texts.push('\n')
  }
  return (values: Readonly<Record<string, string>>): string => {
    let lines = texts[0] as string
    for (let at = 0; at < changing.length; at++) {
      lines += (values[changing[at] as string] as string) + (texts[at + 1] as string)
    }
    return lines
  }
}

const inOneLine = (value: string) =>
  value
    .replace(/[\r\n]/g, ' ')
    .replace(/[ \t]+/g, ' ')
    .replace(/^ | $/g, '')

let lastSecond = -1
let lastTime = ''

/** `20261130T201500Z`; made once a second. */
function basicTime(at: Milliseconds): string {
  const second = Math.floor(at / 1000)
  if (second !== lastSecond) {
    lastSecond = second
    lastTime = `${new Date(second * 1000).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`
  }
  return lastTime
}
