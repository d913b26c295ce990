/**
 * AWS as the command sees it: DynamoDB, STS, SSO and the role of the machine, played by two
 * servers on this machine, one plain and one TLS. `led-here.ts` leads every host to them.
 */
import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { CERTIFICATE, PRIVATE_KEY } from '../../http/self-signed.ts'
import type { Env, Teardown } from './run-cli.ts'

/** One request: whose access key signed it, which host it was for, and which operation. */
export interface Signed {
  readonly host: string
  readonly by: string
  readonly operation: string
}

export interface AwsWorld {
  readonly signed: readonly Signed[]
  /** Environment variables that lead the requests of a command here. */
  readonly env: Env
  /** Each host that DynamoDB requests of a table went to, with who signed them. */
  reached(table: string): string[]
}

export interface WorldOptions {
  /** Serves all DynamoDB requests. */
  readonly engine: string
  /** Whether the machine has a role of its own, whose access key is `MACHINE`. */
  readonly hasRole: boolean
  /** The operation or path that is never answered. */
  readonly silentOn?: string
}

const PRELOAD = new URL('../led-here.js', import.meta.url).href

/** When the credentials that these services hand out expire. */
const LATER = '2099-01-01T00:00:00Z'

export async function startAwsWorld(
  t: Teardown,
  { engine, hasRole, silentOn }: WorldOptions,
): Promise<AwsWorld> {
  const signed: (Signed & { readonly table: string })[] = []

  const answer = (incoming: IncomingMessage, outgoing: ServerResponse, text: string) => {
    const { host = '', authorization = '' } = incoming.headers
    const by = /Credential=([^/]+)\//.exec(authorization)?.[1] ?? 'nobody'
    const target = String(incoming.headers['x-amz-target'] ?? '')
    const note = (operation: string, table = '') => signed.push({ host, by, operation, table })
    if (target.startsWith('DynamoDB_')) {
      const table = /"(?:TableName"\s*:\s*"|RequestItems"\s*:\s*\{\s*")([^"]+)"/.exec(text)?.[1]
      note(target.slice(target.indexOf('.') + 1), table)
      return forward(engine, incoming, outgoing, text)
    }
    if (text.includes('Action=AssumeRole')) {
      note('AssumeRole')
      if (silentOn === 'AssumeRole') return
      outgoing.setHeader('content-type', 'text/xml')
      return outgoing.end(assumed(new URLSearchParams(text)))
    }
    if (text.includes('Action=GetCallerIdentity')) {
      note('GetCallerIdentity')
      outgoing.setHeader('content-type', 'text/xml')
      return outgoing.end(CALLER)
    }
    if (incoming.url?.startsWith('/federation/credentials')) {
      note('GetRoleCredentials')
      if (silentOn === 'GetRoleCredentials') return
      const keys = { accessKeyId: 'SSO', secretAccessKey: 'sso-secret', sessionToken: 'sso-token' }
      outgoing.setHeader('content-type', 'application/json')
      return outgoing.end(
        JSON.stringify({ roleCredentials: { ...keys, expiration: Date.parse(LATER) } }),
      )
    }
    note(incoming.url ?? '')
    if (silentOn !== undefined && silentOn === incoming.url) return
    // A pod must authenticate; all other requests on the machine are trusted.
    const isProven = incoming.url !== '/pod' || authorization === 'web-token'
    const machine = hasRole && isProven ? machineAnswers(incoming.url ?? '') : undefined
    outgoing.statusCode = machine === undefined ? 404 : 200
    return outgoing.end(machine ?? 'nothing here')
  }

  const onRequest = (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const parts: Buffer[] = []
    incoming.on('data', (part: Buffer) => parts.push(part))
    incoming.on('end', () => answer(incoming, outgoing, Buffer.concat(parts).toString()))
  }
  const servers = [
    createServer(onRequest),
    createTlsServer({ key: PRIVATE_KEY, cert: CERTIFICATE }, onRequest),
  ]
  const [plain, tls] = await Promise.all(
    servers.map(async (server) => {
      server.listen(0, '127.0.0.1')
      await once(server, 'listening')
      t.teardown(() => {
        server.closeAllConnections()
        server.close()
      })
      return String((server.address() as AddressInfo).port)
    }),
  )
  return {
    signed,
    env: {
      AWS_ACCESS_KEY_ID: undefined,
      AWS_SECRET_ACCESS_KEY: undefined,
      AWS_EC2_METADATA_DISABLED: undefined,
      NODE_OPTIONS: `--import ${PRELOAD}`,
      // These tests are not about certificates.
      NODE_TLS_REJECT_UNAUTHORIZED: '0',
      TEST_PLAIN_PORT: plain,
      TEST_TLS_PORT: tls,
    },
    reached: (name) => [
      ...new Set(
        signed.filter(({ table }) => table === name).map(({ by, host }) => `${by} at ${host}`),
      ),
    ],
  }
}

function forward(
  engine: string,
  { method = 'POST', headers }: IncomingMessage,
  outgoing: ServerResponse,
  text: string,
) {
  const asking = request(engine, { method, headers })
  asking.on('response', (answer) => {
    outgoing.writeHead(answer.statusCode ?? 500, answer.headers)
    answer.pipe(outgoing)
  })
  asking.on('error', () => outgoing.destroy())
  asking.end(text)
}

function assumed(form: URLSearchParams): string {
  const [action, role = ''] = [form.get('Action'), form.get('RoleArn') ?? undefined]
  const kind = action === 'AssumeRole' ? 'ROLE' : 'WEB'
  const name = role.slice(role.indexOf('/') + 1)
  return `<${action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${action}Result>
    <AssumedRoleUser><AssumedRoleId>A:b</AssumedRoleId><Arn>${role}</Arn></AssumedRoleUser>
    <Credentials><AccessKeyId>${kind}-${name}</AccessKeyId><SecretAccessKey>sts-secret</SecretAccessKey>
    <SessionToken>sts-token</SessionToken><Expiration>${LATER}</Expiration></Credentials>
    </${action}Result></${action}Response>`
}

const CALLER = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
    <Arn>arn:aws-cn:sts::444455556666:assumed-role/a/b</Arn><UserId>A:b</UserId><Account>444455556666</Account>
    </GetCallerIdentityResult></GetCallerIdentityResponse>`

/** The instance metadata service, and the endpoint that gives a container its role. */
function machineAnswers(url: string): string | undefined {
  const keys = { AccessKeyId: 'MACHINE', SecretAccessKey: 'machine-secret', Token: 'machine-token' }
  const answers: Record<string, string> = {
    '/latest/api/token': 'metadata-token',
    '/latest/meta-data/iam/security-credentials/': 'machine',
    '/latest/meta-data/iam/security-credentials/machine': JSON.stringify({
      ...keys,
      Code: 'Success',
      Expiration: LATER,
    }),
    '/container': JSON.stringify({ ...keys, Expiration: LATER }),
    '/pod': JSON.stringify({ ...keys, Expiration: LATER }),
  }
  return answers[url]
}
