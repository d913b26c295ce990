/**
 * What is shipped: the library, the command and the threads' file, each in one
 * piece with all that it needs. Loading hundreds of small files takes more CPU
 * than comparing a hundred thousand items. Paths below `bundle` are those below
 * `dist`, since files find one another by them.
 */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { build } from 'esbuild'

/** Finds a file of its own beside its code, for its threads. */
const EXTERNAL = ['piscina']

const ENTRY_POINTS = ['dist/lib/index.js', 'dist/lib/cli.js']

await rm('bundle', { recursive: true, force: true })
if (process.argv.includes('--unbundled')) {
  await referToCompiled()
  process.exit()
}
const built = [
  await bundled(ENTRY_POINTS),
  // Each by itself: what they shared with the others would come in a dozen pieces.
  await bundled(['dist/workers/entry.js']),
  await bundled(['dist/workers/hooks-trial.js']),
]

/** The folders of the packages that are in it. */
const packages = new Set(
  built
    .flatMap(({ metafile }) => Object.keys(metafile.inputs))
    .flatMap((file) => /^node_modules\/(@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []),
)

const notices = await Promise.all([...packages].sort().map(noticeOf))
await writeFile('bundle/LICENSES.txt', notices.join(`\n${'-'.repeat(72)}\n\n`))

/** Coverage is counted by file of the sources, which a bundle has lost. */
async function referToCompiled() {
  await mkdir('bundle/lib', { recursive: true })
  for (const file of ENTRY_POINTS) {
    await writeFile(file.replace('dist', 'bundle'), `export * from '../../${file}'\n`)
  }
}

function bundled(entryPoints) {
  return build({
    entryPoints,
    outbase: 'dist',
    outdir: 'bundle',
    chunkNames: 'lib/parts/[name]-[hash]',
    bundle: true,
    splitting: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    mainFields: ['module', 'main'],
    external: EXTERNAL,
    // Of packages that are CommonJS.
    banner: {
      js: "import{createRequire as tablesyncRequire}from'node:module';const require=tablesyncRequire(import.meta.url);",
    },
    metafile: true,
    logLevel: 'warning',
  })
}

async function noticeOf(folder) {
  const { name, version, license } = JSON.parse(await readFile(`${folder}/package.json`, 'utf8'))
  const files = (await readdir(folder)).filter((file) => /^(licen[cs]e|notice)/i.test(file))
  const texts = await Promise.all(files.map((file) => readFile(`${folder}/${file}`, 'utf8')))
  return [`${name} ${version} (${license})`, ...texts].join('\n\n')
}
