/** The engine with time, files, configuration, ports, pool and HTTP replaced. */
import { copyEngine } from '../../bench/engine-copy.ts'

const REPLACED = {
  'node:timers/promises': 'timers.js',
  'node:fs/promises': 'files.js',
  'node:fs': 'files.js',
  'node:worker_threads': 'ports.js',
  '@smithy/node-http-handler': 'handler.js',
  '@smithy/core/config': 'configuration.js',
  'lib/http/connection-pool.js': 'connections.js',
  'xxhash-wasm': 'hash.js',
  piscina: 'pool.js',
}

/** Makes the copy in `folder`, beside `lib`: once, before it is loaded. */
export async function prepareEngine(folder = 'simulated'): Promise<void> {
  const files = Object.entries(REPLACED).map(([name, file]) => [name, `test/simulation/${file}`])
  await copyEngine(folder, ['lib', 'workers'], Object.fromEntries(files))
}
