import { execFileSync } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { t } from './support/tap.ts'

t.setTimeout(800_000)

const root = fileURLToPath(new URL('../../', import.meta.url))

/** The package as npm would publish it, unpacked beside its dependencies. */
function installed(folder: string): string {
  const packed = execFileSync(
    'npm',
    ['pack', '--ignore-scripts', '--json', '--pack-destination', folder],
    {
      cwd: root,
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  )
  const [{ filename }] = JSON.parse(packed.toString()) as [{ filename: string }]
  const modules = join(folder, 'node_modules')
  mkdirSync(join(modules, 'tablesync'), { recursive: true })
  const target = join(modules, 'tablesync')
  execFileSync('tar', ['-xzf', join(folder, filename), '-C', target, '--strip-components=1'])
  // And nothing but what it says that it needs.
  const { dependencies } = JSON.parse(readFileSync(join(target, 'package.json'), 'utf8'))
  mkdirSync(join(target, 'node_modules'))
  for (const name of Object.keys(dependencies)) {
    symlinkSync(join(root, 'node_modules', name), join(target, 'node_modules', name))
  }
  return target
}

t.test('the package works where it is installed', async (t) => {
  // Outside of the repository, so that nothing of it is found by chance.
  const folder = mkdtempSync(join(tmpdir(), 'tablesync-package-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const target = installed(folder)

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
    // As where somebody has bundled all into a file of his own.
    const threads = join(target, 'bundle/workers')
    renameSync(threads, `${threads}.away`)
    t.match(
      output(),
      /^incomplete .*WORKER_DIED Expected worker threads to start, got: Cannot find/,
    )
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
