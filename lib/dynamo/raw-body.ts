/**
 * Requests and responses of item operations as their own bytes.
 *
 * The SDK resolves the endpoint, signs, retries and types the errors; the body
 * that goes out is ours and the one that comes in is left unparsed. Both hooks
 * are plain middlewares: one puts the body in after the SDK's serialiser, the
 * others hold the response back from its deserialiser. What is thrown there is
 * inside the SDK's retry loop, so a cut or corrupted body is asked for again.
 */
import type { IncomingMessage } from 'node:http'
import { crc32 } from 'node:zlib'
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { Milliseconds } from '../model/units.ts'

const RAW_REQUEST = Symbol('request body')
const RAW_RESPONSE = Symbol('response body')
const EMPTY_OBJECT = Buffer.from('{}')

export interface RawBodyOptions {
  /** Longest silence between two chunks of a body. */
  readonly responseTimeout: Milliseconds
  /** Called whenever the other side is heard: headers, or a chunk of a body. */
  readonly onHeard: () => void
}

interface Carrier {
  [RAW_REQUEST]?: string
  [RAW_RESPONSE]?: Uint8Array
}

interface HttpExchange {
  body?: unknown
  headers: Record<string, string>
  statusCode: number
  [RAW_RESPONSE]?: Uint8Array
}

/** Gives a command's input the body that goes out in its place. */
export function withRawBody<Input extends object>(input: Input, body: string): Input {
  return Object.assign(input, { [RAW_REQUEST]: body })
}

/** The response's bytes, of a command whose input had `withRawBody`. */
export function rawResponseOf(output: object): Uint8Array {
  return (output as Carrier)[RAW_RESPONSE] ?? EMPTY_OBJECT
}

export function installRawBodies(client: DynamoDBClient, options: RawBodyOptions): void {
  client.middlewareStack.add(
    (next) => (args) => {
      const body = (args.input as Carrier)[RAW_REQUEST]
      if (body !== undefined) (args.request as { body: string }).body = body
      return next(args)
    },
    { name: 'rawRequestBody', step: 'serialize', priority: 'low', override: true },
  )
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args)
      const response = result.response as HttpExchange
      options.onHeard()
      if ((args.input as Carrier)[RAW_REQUEST] === undefined) return result
      const bytes = await collect(response.body as IncomingMessage, options)
      verifyChecksum(bytes, response.headers['x-amz-crc32'])
      if (response.statusCode >= 300) {
        response.body = bytes
      } else {
        response[RAW_RESPONSE] = bytes
        response.body = EMPTY_OBJECT
      }
      return result
    },
    { name: 'rawResponseBody', step: 'deserialize', priority: 'low', override: true },
  )
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args)
      const bytes = (result.response as HttpExchange)[RAW_RESPONSE]
      if (bytes !== undefined) (result.output as Carrier)[RAW_RESPONSE] = bytes
      return result
    },
    { name: 'rawResponseHandover', step: 'deserialize', priority: 'high', override: true },
  )
}

/** The whole body; a pause longer than the time-out ends it as a `TimeoutError`. */
function collect(body: IncomingMessage, options: RawBodyOptions): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    const giveUp = setTimeout(() => {
      body.destroy(named('TimeoutError', `no byte for ${options.responseTimeout} ms`))
    }, options.responseTimeout)
    body.on('data', (chunk: Buffer) => {
      giveUp.refresh()
      options.onHeard()
      chunks.push(chunk)
    })
    body.once('end', () => {
      clearTimeout(giveUp)
      resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks))
    })
    body.once('error', (error) => {
      clearTimeout(giveUp)
      reject(error)
    })
  })
}

/** `x-amz-crc32` is the CRC-32 of the body as sent; the SDK for JavaScript leaves it unread. */
function verifyChecksum(bytes: Uint8Array, expected: string | undefined): void {
  if (expected === undefined || crc32(bytes) === Number(expected)) return
  // The SDK retries whatever carries `$retryable`.
  throw Object.assign(named('ChecksumMismatch', 'x-amz-crc32 does not match the body'), {
    $retryable: {},
  })
}

function named(name: string, message: string): Error {
  return Object.assign(new Error(message), { name })
}
