/**
 * Runs test files with the reporter of this folder: `node <this file> FILE [FILE …]`. Where there is
 * Java, one DynamoDB Local serves them all: each start of it takes as long as many tests.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { noJava, SHARED_ENGINE, startOwnDynamoDBLocal } from './tables/dynamodb-local.ts'

const reporter = fileURLToPath(new URL('reporter.js', import.meta.url))

const engine = noJava === false ? await startOwnDynamoDBLocal() : undefined
const tests = spawn(
  process.execPath,
  [
    '--test',
    `--test-reporter=${reporter}`,
    '--test-concurrency=4',
    '--test-timeout=900000',
    ...process.argv.slice(2),
  ],
  {
    stdio: 'inherit',
    env: {
      ...process.env,
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      ...(engine !== undefined && { [SHARED_ENGINE]: engine.endpoint }),
    },
  },
)
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => tests.kill(signal))
const [code] = await once(tests, 'exit')
await engine?.stop()
process.exitCode = code ?? 1
