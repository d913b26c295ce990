/**
 * Locks of dead holders that the system still lists, of holders on other machines, and non-locks.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { Lock } from '../../lib/files/locking/lock.ts'
import { LEASE, type LockHolder, ourselves } from '../../lib/files/locking/lock-holder.ts'
import { tempFolder } from '../support/command/run-cli.ts'
import { type Test, t } from '../support/tap.ts'

const lockIn = async (t: Test) => join(await tempFolder(t), 'cp.lock')

const text = (holder: object) => JSON.stringify(holder)

/** The moment that a process began, as locks record it. */
async function beginningOf(pid: number): Promise<string> {
  const [boot = ''] = (ourselves('x').began ?? '').split(' ')
  const fields = await readFile(`/proc/${pid}/stat`, 'latin1')
  return `${boot} ${fields.slice(fields.lastIndexOf(')') + 2).split(' ')[19]}`
}

/** A process whose parent does not wait for it. */
async function orphanOf(t: Test, command: string): Promise<number> {
  const parent = spawn('bash', ['-c', `${command} & echo $!; exec sleep 600`])
  t.teardown(() => parent.kill('SIGKILL'))
  const [line] = await once(parent.stdout, 'data')
  return Number(String(line))
}

async function heldBy(pid: number): Promise<LockHolder> {
  return { ...ourselves('first'), pid, began: await beginningOf(pid) }
}

t.test('a killed holder that is a zombie holds nothing', async (t) => {
  const file = await lockIn(t)
  const pid = await orphanOf(t, 'sleep 600')
  await writeFile(file, text(await heldBy(pid)))
  await t.rejects(Lock.take(file, 'second'), { code: 'USAGE', message: `process ${pid} on` })
  process.kill(pid, 'SIGKILL')
  const lock = await Lock.take(file, 'second')
  t.match(await readFile(`/proc/${pid}/stat`, 'latin1'), / Z /, 'it is still listed')
  await lock.release()
})

t.test('Lock.take waits for a holder that is dying', async (t) => {
  const file = await lockIn(t)
  for (let round = 0; round < 5; round++) {
    // So much memory that freeing it takes a while.
    const big = `${process.execPath} -e 'const b = Buffer.alloc(2e8, 1); setTimeout(() => b, 6e5)'`
    const pid = await orphanOf(t, big)
    const holder = await heldBy(pid)
    await writeFile(file, text(holder))
    process.kill(pid, 'SIGKILL')
    const lock = await Lock.take(file, 'second')
    await lock.release()
  }
  t.pass('never refused')
})

t.test('a holder that cannot be seen from here keeps its lock until its lease ends', async (t) => {
  const file = await lockIn(t)
  const [boot, ticks] = (ourselves('x').began ?? '').split(' ')
  const here = ourselves('first')
  const elsewhere: Record<string, LockHolder> = {
    'a container of the same name': { ...here, space: 'pid:[1]' },
    'process 1 of such a container': { ...here, pid: 1, began: `${boot} 1`, space: 'pid:[1]' },
    'a pid that no process has here': { ...here, pid: 2 ** 22 + 1, space: 'pid:[1]' },
    'another machine of the same name': { ...here, began: `another-boot ${ticks}` },
    'another machine': { ...here, host: 'another.example' },
  }
  for (const [what, holder] of Object.entries(elsewhere)) {
    await writeFile(file, text({ ...holder, until: Date.now() + 60_000 }))
    await t.rejects(
      Lock.take(file, 'second'),
      { code: 'USAGE', hint: /wait (60|59|58) s for its lock to expire.*remove .*cp\.lock/ },
      what,
    )
    await writeFile(file, text({ ...holder, until: Date.now() - 1 }))
    await (await Lock.take(file, 'second')).release()
  }
})

t.test('a lock holds everything that identifies its holder', async (t) => {
  const file = await lockIn(t)
  const lock = await Lock.take(file, 'first')
  const holder = JSON.parse(await readFile(file, 'utf8'))
  t.match(holder, {
    run: 'first',
    pid: process.pid,
    host: hostname(),
    began: /^\S+ \d+$/,
    space: /^pid:\[\d+\]$/,
  })
  t.ok(Math.abs(holder.until - Date.now() - LEASE) < 30_000)
  t.equal((await stat(file)).mode & 0o777, 0o600)
  await lock.release()
})

t.test('a lock of the previous release is understood', async (t) => {
  const file = await lockIn(t)
  const { space: _, ...here } = ourselves('first')
  await writeFile(file, text(here))
  await t.rejects(Lock.take(file, 'second'), { code: 'USAGE', message: `process ${process.pid}` })
  await writeFile(file, text({ ...here, pid: 2 ** 22 + 1 }))
  await (await Lock.take(file, 'second')).release()
})

async function makePipe(file: string): Promise<void> {
  await once(spawn('mkfifo', [file]), 'exit')
}

const NO_LOCKS: Readonly<Record<string, (file: string) => Promise<unknown>>> = {
  'that holds null': (file) => writeFile(file, 'null'),
  'that is empty': (file) => writeFile(file, ''),
  'that holds a number': (file) => writeFile(file, '5'),
  'that holds something else': (file) => writeFile(file, '{"pid":1}'),
  'that holds an impossible pid': (file) => writeFile(file, text({ ...ourselves('x'), pid: -1 })),
  'that is a folder': (file) => mkdir(file),
  'that is a pipe': makePipe,
}

for (const [what, make] of Object.entries(NO_LOCKS)) {
  t.test(`a lock ${what} is refused by name`, async (t) => {
    const file = await lockIn(t)
    await make(file)
    await t.rejects(Lock.take(file, 'first'), {
      code: 'USAGE',
      message: /cp\.lock to be the lock of a checkpoint/,
      hint: /remove it/,
    })
    await stat(file)
    await rm(file, { recursive: true })
    await (await Lock.take(file, 'first')).release()
  })
}

t.test('a bad takeover file is refused by name', async (t) => {
  const file = await lockIn(t)
  const gate = `${file}.takeover`
  const dead = { ...ourselves('dead'), pid: 2 ** 22 + 1 }
  await writeFile(file, text(dead))
  const later = new Date(Date.now() + 3_600_000)
  await writeFile(gate, text(dead))
  await utimes(gate, later, later)
  const named = { code: 'USAGE', message: /The lock .*cp\.lock\.takeover has a time in the future/ }
  await t.rejects(Lock.take(file, 'first'), named)
  await rm(gate)
  for (const make of [mkdir, makePipe]) {
    await make(gate)
    await t.rejects(Lock.take(file, 'first'), { code: 'USAGE', message: /cp\.lock\.takeover/ })
    await rm(gate, { recursive: true })
  }
  const before = new Date(Date.now() - 60_000)
  await writeFile(gate, text(dead))
  await utimes(gate, before, before)
  await (await Lock.take(file, 'first')).release()
})

t.test('renew and release survive a lock that something else has replaced', async (t) => {
  const file = await lockIn(t)
  const lock = await Lock.take(file, 'first')
  await rm(file)
  await mkdir(file)
  await t.rejects(lock.renew())
  await lock.release()
  t.ok((await stat(file)).isDirectory())
})
