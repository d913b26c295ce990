/**
 * Compiles `lib/item/kernel/source` to WebAssembly, as text in a module of its
 * own: so it is found wherever the code is, bundled or not. With `--check`:
 * says whether that has been done since the sources changed.
 */
import { readFile, writeFile } from 'node:fs/promises'
import asc from 'assemblyscript/asc'

const FILE = 'lib/item/kernel/wasm.ts'

let binary
const { error, stderr } = await asc.main(
  ['--config', 'lib/item/kernel/asconfig.json', '--outFile', 'kernel.wasm'],
  {
    writeFile(_name, contents) {
      binary = contents
    },
  },
)
if (error) {
  process.stderr.write(stderr.toString())
  process.exit(1)
}
const lines = Buffer.from(binary)
  .toString('base64')
  .match(/.{1,90}/g)
const text = `/** Compiled from \`source/\` by \`npm run kernel\`: not to be changed by hand. */
export const WASM = \`
${lines.join('\n')}
\`
`
if (process.argv.includes('--check')) {
  if ((await readFile(FILE, 'utf8')) !== text) {
    process.stderr.write(`${FILE} is not what its sources say: npm run kernel\n`)
    process.exit(1)
  }
} else await writeFile(FILE, text)
