/**
 * The command and the files of the threads, each in one piece with all that it
 * needs: of hundreds of small files a command takes 0.4 s of CPU more to start,
 * and a thread 0.12 s. `sbom.cdx.json` and `LICENSES.txt` list what is in them.
 * The library's main thread imports what is installed. Paths below `bundle` are
 * those below `dist`, since files find one another by them.
 */

import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { build } from 'esbuild'

/** Finds a file of its own beside its code, for its threads. */
const EXTERNAL = ['piscina']

const COMMAND = 'dist/lib/cli.js'
const THREADS = [
  'dist/workers/entry.js',
  'dist/workers/revert-entry.js',
  'dist/workers/hooks-trial.js',
]

/**
 * What runs load late, and little else with it. All else that is loaded late comes at once: each
 * boundary cuts what is shared in more pieces, and a piece takes a millisecond of CPU to load.
 */
const LATE = /page-html|page-text|config-file|metrics-file/

/** Makes one module of all that the command loads late, but for what is in `LATE`. */
const TOGETHER = {
  name: 'together',
  setup(build) {
    const files = new Set()
    build.onStart(async () => {
      for (const name of await readdir('dist/lib', { recursive: true })) {
        if (!name.endsWith('.js')) continue
        const file = resolve('dist/lib', name)
        for (const [, path] of (await readFile(file, 'utf8')).matchAll(/import\('(\.[^']+)'\)/g)) {
          if (!LATE.test(path)) files.add(resolve(dirname(file), path))
        }
      }
      await refuseSameNames(files)
    })
    build.onResolve({ filter: /^\./ }, ({ kind, path, resolveDir }) =>
      kind === 'dynamic-import' && files.has(resolve(resolveDir, path))
        ? { path: 'together', namespace: 'together' }
        : undefined,
    )
    build.onLoad({ filter: /^/, namespace: 'together' }, () => ({
      contents: [...files].map((file) => `export * from ${JSON.stringify(file)}`).join('\n'),
      resolveDir: resolve('dist/lib'),
    }))
  },
}

/** Of two exports of one name, one module would have neither, and esbuild does not say so. */
async function refuseSameNames(files) {
  const owners = new Map()
  for (const file of files) {
    const exported = /^export (?:async )?(?:function\*?|const|let|class) (\w+)/gm
    for (const [, name] of (await readFile(file, 'utf8')).matchAll(exported)) {
      const owner = owners.get(name)
      if (owner !== undefined) throw new Error(`${name} is exported by ${owner} and by ${file}`)
      owners.set(name, file)
    }
  }
}

await rm('bundle', { recursive: true, force: true })
if (process.argv.includes('--unbundled')) {
  await referToCompiled()
  process.exit()
}
const built = [
  // Each by itself: what they share would come in a dozen pieces.
  await bundled([COMMAND], [TOGETHER]),
  ...(await Promise.all(THREADS.map((file) => bundled([file])))),
]

/** The folders of the packages that are in it. */
const packages = new Set(
  built
    .flatMap(({ metafile }) => Object.keys(metafile.inputs))
    .flatMap((file) => /^node_modules\/(@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []),
)

await writeFile(
  'bundle/sbom.cdx.json',
  `${JSON.stringify(await billOfMaterials(), undefined, 2)}\n`,
)
const notices = await Promise.all([...packages].sort().map(noticeOf))
await writeFile('bundle/LICENSES.txt', notices.join(`\n${'-'.repeat(72)}\n\n`))

/** Coverage is counted by file of the sources, which a bundle has lost. */
async function referToCompiled() {
  for (const file of [COMMAND, ...THREADS]) {
    const to = file.replace('dist', 'bundle')
    await mkdir(dirname(to), { recursive: true })
    const isTask = file.endsWith('entry.js')
    await writeFile(to, `${isTask ? `export { default } from` : 'import'} '../../${file}'\n`)
  }
}

/** What is bundled, in CycloneDX's form. */
async function billOfMaterials() {
  const components = await Promise.all(
    [...packages].sort().map(async (folder) => {
      const { name, version, license } = JSON.parse(
        await readFile(`${folder}/package.json`, 'utf8'),
      )
      const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`
      const licenses = license === undefined ? [] : [{ license: { id: license } }]
      return { type: 'library', 'bom-ref': purl, name, version, purl, licenses }
    }),
  )
  return { bomFormat: 'CycloneDX', specVersion: '1.5', version: 1, components }
}

function bundled(entryPoints, plugins = []) {
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
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: 'none',
    plugins,
    logLevel: 'warning',
  })
}

async function noticeOf(folder) {
  const { name, version, license } = JSON.parse(await readFile(`${folder}/package.json`, 'utf8'))
  const files = (await readdir(folder)).filter((file) => /^(licen[cs]e|notice)/i.test(file))
  const texts = await Promise.all(files.map((file) => readFile(`${folder}/${file}`, 'utf8')))
  return [`${name} ${version} (${license})`, ...texts].join('\n\n')
}
