/** DynamoDB Local, Amazon's own emulator, in a process of its own. Needs Java. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb'
import type { Engine } from './dynalite.ts'

/** The variable with the endpoint of one that serves several test files. */
export const SHARED_ENGINE = 'TABLESYNC_TEST_DYNAMODB_LOCAL'

const shared = process.env[SHARED_ENGINE]

/** Why the tests that need DynamoDB Local cannot run; false if they can. CI must run them. */
export const noJava: string | false =
  shared !== undefined ||
  process.env['CI'] === 'true' ||
  spawnSync('java', ['-version']).status === 0
    ? false
    : 'DynamoDB Local needs Java, and there is none on the PATH'

/** The one that all test files share, or one of its own. Tables in it need names of their own. */
export const startDynamoDBLocal = async (): Promise<Engine> =>
  shared === undefined ? startOwnDynamoDBLocal() : { endpoint: shared, stop: async () => {} }

/**
 * Starts the jar directly: the starter of its npm package needs a dependency that is not installed.
 */
export async function startOwnDynamoDBLocal(): Promise<Engine> {
  const require = createRequire(import.meta.url)
  const cwd = join(dirname(require.resolve('amplify-dynamodb-simulator/package.json')), 'emulator')
  const port = await freePort()
  const child: ChildProcess = spawn(
    'java',
    [
      '-XX:+UseSerialGC',
      '-XX:TieredStopAtLevel=1',
      '-Djava.library.path=./DynamoDBLocal_lib',
      '-jar',
      'DynamoDBLocal.jar',
      '-inMemory',
      '-sharedDb',
      '-disableTelemetry',
      '-port',
      String(port),
    ],
    { cwd, stdio: 'ignore' },
  )
  const isRunning = () => child.exitCode === null && child.signalCode === null
  const onExit = () => void (isRunning() && child.kill('SIGKILL'))
  process.once('exit', onExit)
  const endpoint = `http://127.0.0.1:${port}`
  const stop = async () => {
    process.off('exit', onExit)
    if (!isRunning()) return
    const exited = once(child, 'exit')
    child.kill('SIGTERM')
    await exited
  }
  const client = new DynamoDBClient({
    region: 'us-east-1',
    endpoint,
    maxAttempts: 1,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  })
  try {
    for (let tries = 0; tries < 300 && isRunning(); tries++) {
      const answers = await client.send(new ListTablesCommand({})).catch(() => undefined)
      if (answers !== undefined) return { endpoint, stop }
      await sleep(100)
    }
  } finally {
    client.destroy()
  }
  await stop()
  throw new Error('DynamoDB Local did not start')
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  server.close()
  await once(server, 'close')
  return address.port
}
