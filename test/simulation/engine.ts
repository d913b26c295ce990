/**
 * The engine with time, files, ports, pool and HTTP handler replaced: a copy of
 * what was compiled, in which the names of these packages lead here.
 */
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const dist = fileURLToPath(new URL('../../', import.meta.url))
const copy = join(dist, 'simulated')

const REPLACED: { readonly [name: string]: string } = {
  'node:timers/promises': 'timers.js',
  'node:fs/promises': 'files.js',
  'node:fs': 'files.js',
  'node:worker_threads': 'ports.js',
  '@smithy/node-http-handler': 'handler.js',
  'xxhash-wasm': 'hash.js',
  piscina: 'pool.js',
}

/** Makes the copy: once, before it is loaded. */
export async function prepareEngine(): Promise<void> {
  await rm(copy, { recursive: true, force: true })
  await cp(join(dist, 'lib'), join(copy, 'lib'), { recursive: true })
  for (const entry of await readdir(copy, { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath ?? entry.path, entry.name)
    if (!file.endsWith('.js')) continue
    const here = relative(dirname(file), join(dist, 'test/simulation'))
    const text = await readFile(file, 'utf8')
    const replaced = text.replace(/(from )'([^']+)'/g, (whole, from, name) => {
      const file = Object.hasOwn(REPLACED, name) ? REPLACED[name] : undefined
      return file === undefined ? whole : `${from}'${here}/${file}'`
    })
    await writeFile(file, replaced)
  }
}
