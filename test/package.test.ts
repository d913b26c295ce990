import { type ExecFileSyncOptions, execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { t } from './support/tap.ts'
import { skipLong } from './support/thorough.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** The package as npm would publish it, installed into an empty folder with what it declares. */
function installed(folder: string): string {
  const quietly: ExecFileSyncOptions = { stdio: ['ignore', 'pipe', 'ignore'] }
  const pack = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder]
  const packed = execFileSync('npm', pack, { cwd: root, ...quietly })
  const [{ filename }] = JSON.parse(packed.toString()) as [{ filename: string }]
  writeFileSync(join(folder, 'package.json'), '{"private":true}')
  const flags = ['--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund']
  execFileSync('npm', ['install', ...flags, `./${filename}`], { cwd: folder, ...quietly })
  return join(folder, 'node_modules/tablesync')
}

/** The packages that its code imports. */
function importsBelow(folder: string): Set<string> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  const texts = files
    .filter((file) => file.endsWith('.js'))
    .map((file) => readFileSync(join(folder, file), 'utf8'))
  const imports = texts.flatMap((text) => [
    ...text.matchAll(/(?:from |import )'((?:@[\w-]+\/)?[a-z][\w-]*)/g),
  ])
  return new Set(imports.map(([, name = '']) => name))
}

t.test('the package works once it is installed', { skip: skipLong }, async (t) => {
  // Outside of the repository, so that it finds none of its files by chance.
  const folder = mkdtempSync(join(tmpdir(), 'tablesync-package-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const target = installed(folder)

  t.test('it declares its dependencies, so that audits see them', async (t) => {
    const { dependencies } = JSON.parse(readFileSync(join(target, 'package.json'), 'utf8'))
    const declared = Object.keys(dependencies)
    const imported = [...importsBelow(join(target, 'dist/lib'))]
    t.ok(imported.length > 5, imported.join())
    for (const name of imported) t.ok(name === 'node' || declared.includes(name), name)
    const listed = execFileSync('npm', ['ls', '--all', '--json'], { cwd: folder })
    const { tablesync } = JSON.parse(listed.toString()).dependencies
    t.same(Object.keys(tablesync.dependencies).sort(), declared.sort())
    const bill = JSON.parse(readFileSync(join(target, 'bundle/sbom.cdx.json'), 'utf8'))
    t.equal(bill.bomFormat, 'CycloneDX')
    const bundled = new Set(bill.components.map(({ name }: { name: string }) => name))
    for (const name of ['xxhash-wasm', '@smithy/signature-v4', 'cac']) t.ok(bundled.has(name), name)
  })

  t.test('its command runs', async (t) => {
    const version = execFileSync(process.execPath, [join(target, 'bundle/lib/cli.js'), '--version'])
    const { version: expected } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    t.equal(version.toString().trim(), expected)
  })

  t.test('its worker threads start', async (t) => {
    const program = `
      import { runSync } from 'tablesync'
      import { createServer } from 'node:http'
      const server = createServer((request, response) => {
        const name = request.headers['x-amz-target'].split('.')[1]
        let body = ''
        request.on('data', (chunk) => { body += chunk })
        request.on('end', () => response.end(name === 'DescribeTable'
          ? JSON.stringify({ Table: { TableName: 'x', TableId: JSON.parse(body).TableName,
              KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
              AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }] } })
          : name === 'Scan' ? '{"Items":[]}' : '{"Responses":{}}'))
      }).listen(0, '127.0.0.1', async () => {
        const endpoint = 'http://127.0.0.1:' + server.address().port
        const { outcome, errors } = await runSync({ master: 'us-east-1:aaa', replicas: ['us-east-1:bbb'], endpoint })
        console.log(outcome, ...errors.map(({ code, message }) => code + ' ' + message))
        server.closeAllConnections()
        server.close()
      })`
    writeFileSync(join(folder, 'program.mjs'), program)
    const output = () =>
      execFileSync(process.execPath, ['program.mjs'], {
        cwd: folder,
        stdio: ['ignore', 'pipe', 'ignore'],
        timeout: 60_000,
      })
        .toString()
        .trim()
    t.equal(output(), 'in-sync')
    // As where somebody has bundled everything into one file.
    const threads = join(target, 'bundle/workers')
    renameSync(threads, `${threads}.away`)
    t.match(output(), /^incomplete .*WORKER_DIED Worker threads cannot start: Cannot find/)
    renameSync(`${threads}.away`, threads)
  })

  t.test('its types are found', async (t) => {
    writeFileSync(
      join(folder, 'typed.mts'),
      `import { runSync, type Summary } from 'tablesync'
       const summary: Promise<Summary> = runSync({ master: 'a:b', replicas: [] })
       // @ts-expect-error
       runSync({ master: 7, replicas: [] })
       export { summary }`,
    )
    const tsc = join(root, 'node_modules/.bin/tsc')
    const flags = ['--noEmit', '--strict', '--module', 'nodenext', '--skipLibCheck', '--types', '']
    t.doesNotThrow(() => execFileSync(tsc, [...flags, 'typed.mts'], { cwd: folder }))
  })
})
