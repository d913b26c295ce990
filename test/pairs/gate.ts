/** A gate in front of an emulator: it keeps a record of each request, and may refuse or hold it. */
import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

export interface Passing {
  readonly operation: string
  readonly table: string
  /** Key or item, as text, of a write. */
  readonly item: string
}

export interface Gate {
  readonly endpoint: string
  readonly passed: readonly Passing[]
  /** The name of an error refuses it; a promise holds it. Undefined: it passes. */
  judge: (passing: Passing) => string | Promise<unknown> | undefined
  close(): Promise<void>
}

export async function openGate(to: string): Promise<Gate> {
  const passed: Passing[] = []
  const { hostname, port } = new URL(to)
  const server = createServer(async (incoming, outgoing) => {
    const body = await buffer(incoming)
    const passing = passingOf(String(incoming.headers['x-amz-target']), body.toString())
    passed.push(passing)
    const verdict = gate.judge(passing)
    if (typeof verdict === 'string') {
      outgoing.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' })
      outgoing.end(JSON.stringify({ __type: `com.amazonaws#${verdict}`, message: 'not for you' }))
      return
    }
    await verdict
    const { method, url, headers } = incoming
    const onward = request({ hostname, port, method, path: url, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers)
      answer.pipe(outgoing)
    })
    onward.on('error', () => outgoing.destroy())
    onward.end(body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const gate: Gate = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    passed,
    judge: () => undefined,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
  return gate
}

function passingOf(target: string, body: string): Passing {
  const asked = JSON.parse(body || '{}')
  const [batch] = Object.keys(asked.RequestItems ?? {})
  return {
    operation: target.split('.')[1] ?? '',
    table: asked.TableName ?? batch ?? '',
    item: JSON.stringify(asked.Key ?? asked.Item ?? null),
  }
}
