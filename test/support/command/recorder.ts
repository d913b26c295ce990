/** Tiny servers: one between the command and its engine that records who asked what, and an STS. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Teardown } from './run-cli.ts'

/** One request of DynamoDB's protocol. */
export interface Asked {
  readonly operation: string
  readonly accessKeyId: string
  readonly region: string
  readonly sessionToken: string | undefined
  readonly body: Readonly<Record<string, unknown>>
  /** Milliseconds since the recorder began. */
  readonly at: number
}

export interface Refusal {
  readonly status: number
  readonly type: string
  readonly message: string
}

/** Looks at a request, may hold it, and may refuse it. Undefined: the engine answers. */
export type Interfere = (asked: Asked) => Refusal | undefined | Promise<Refusal | undefined>

export interface Recorder {
  readonly endpoint: string
  readonly asked: readonly Asked[]
  /** Bodies of all requests of an operation, except those of the preflight. */
  bodies(operation: string): Readonly<Record<string, unknown>>[]
}

/** The preflight scans one segment of this many. */
const SLIVERS = 100_000

export const isPreflight = ({ body }: Asked) => body['TotalSegments'] === SLIVERS

export async function startRecorder(
  t: Teardown,
  engine: string,
  interfere: Interfere = () => undefined,
): Promise<Recorder> {
  const asked: Asked[] = []
  const endpoint = await serve(t, async (incoming, response, text) => {
    const one = readRequest(incoming, text)
    asked.push(one)
    const refusal = await interfere(one)
    if (refusal !== undefined) {
      response.writeHead(refusal.status, { 'content-type': 'application/x-amz-json-1.0' })
      response.end(JSON.stringify({ __type: refusal.type, message: refusal.message }))
      return
    }
    const forward = request(engine, {
      method: incoming.method ?? 'POST',
      headers: incoming.headers,
    })
    forward.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers)
      answer.pipe(response)
    })
    forward.on('error', () => response.destroy())
    forward.end(text)
  })
  const bodies = (operation: string) =>
    asked.filter((one) => one.operation === operation && !isPreflight(one)).map(({ body }) => body)
  return { endpoint, asked, bodies }
}

function readRequest(incoming: IncomingMessage, text: string): Asked {
  const credential = /Credential=([^/]+)\/\d+\/([^/]+)/.exec(incoming.headers.authorization ?? '')
  const target = String(incoming.headers['x-amz-target'] ?? '')
  return {
    operation: target.slice(target.indexOf('.') + 1),
    accessKeyId: credential?.[1] ?? 'nobody',
    region: credential?.[2] ?? 'nowhere',
    sessionToken: incoming.headers['x-amz-security-token'] as string | undefined,
    body: JSON.parse(text) as Record<string, unknown>,
    at: performance.now(),
  }
}

export interface Sts {
  readonly endpoint: string
  /** The form of each request, with who signed it. */
  readonly asked: readonly { readonly accessKeyId: string; readonly form: URLSearchParams }[]
}

export const ROLE_SECRETS = { secret: 'secret-of-the-role', session: 'session-of-the-role' }

/** Gives out an access key named for the role, or refuses. */
export async function startSts(t: Teardown, refusal?: Refusal): Promise<Sts> {
  const asked: { accessKeyId: string; form: URLSearchParams }[] = []
  const endpoint = await serve(t, async (incoming, response, text) => {
    const form = new URLSearchParams(text)
    const credential = /Credential=([^/]+)\//.exec(incoming.headers.authorization ?? '')
    asked.push({ accessKeyId: credential?.[1] ?? 'nobody', form })
    const namespace = 'https://sts.amazonaws.com/doc/2011-06-15/'
    response.writeHead(refusal?.status ?? 200, { 'content-type': 'text/xml' })
    if (refusal !== undefined) {
      response.end(
        `<ErrorResponse xmlns="${namespace}"><Error><Type>Sender</Type><Code>${refusal.type}</Code>` +
          `<Message>${refusal.message}</Message></Error><RequestId>r</RequestId></ErrorResponse>`,
      )
      return
    }
    const role = form.get('RoleArn') ?? ''
    response.end(
      `<AssumeRoleResponse xmlns="${namespace}"><AssumeRoleResult>` +
        `<AssumedRoleUser><AssumedRoleId>AROA:tablesync</AssumedRoleId><Arn>${role}</Arn></AssumedRoleUser>` +
        `<Credentials><AccessKeyId>key-of-${role.slice(role.indexOf('/') + 1)}</AccessKeyId>` +
        `<SecretAccessKey>${ROLE_SECRETS.secret}</SecretAccessKey>` +
        `<SessionToken>${ROLE_SECRETS.session}</SessionToken>` +
        '<Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>' +
        '</AssumeRoleResult></AssumeRoleResponse>',
    )
  })
  return { endpoint, asked }
}

export type Serve = (
  incoming: IncomingMessage,
  response: ServerResponse,
  text: string,
) => Promise<void>

export async function serve(t: Teardown, answer: Serve): Promise<string> {
  const server = createServer((incoming, response) => {
    const parts: Buffer[] = []
    incoming.on('data', (part: Buffer) => parts.push(part))
    incoming.on('end', () => {
      answer(incoming, response, Buffer.concat(parts).toString()).catch(() => response.destroy())
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
