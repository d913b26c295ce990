/** A disk that fails: counts calls of `node:fs/promises` that write below one folder. */
import fs from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const OF_HANDLES = [
  'appendFile',
  'writeFile',
  'truncate',
  'datasync',
  'sync',
  'chmod',
  'close',
] as const
const OF_FILES = ['open', 'rename', 'link', 'rm', 'mkdtemp'] as const

type Call = (...given: unknown[]) => Promise<unknown>

export interface FailingDisk {
  /** From here on the n-th call fails; with `forGood`, later calls too, except close and rm. */
  arm(n: number, forGood: boolean): void
  /** Ends the failures. Returns the number of calls since `arm`, and which ones failed. */
  disarm(): { readonly calls: number; readonly failed: readonly string[] }
  restore(): void
}

export async function failingDisk(folder: string): Promise<FailingDisk> {
  const files = fs.promises as unknown as Record<string, Call>
  const some = await open(join(tmpdir(), `tablesync-disk-${process.pid}`), 'w')
  const handles = Object.getPrototypeOf(some) as Record<string, Call>
  await some.close()
  const names = new WeakMap<object, string>()
  let armed: { readonly n: number; readonly forGood: boolean } | undefined
  let calls = 0
  let failed: string[] = []
  const check = (name: string, file: unknown) => {
    if (armed === undefined || !String(file).startsWith(folder)) return
    const isLetGo = name === 'close' || name === 'rm'
    calls++
    if (calls !== armed.n && !(armed.forGood && calls > armed.n && !isLetGo)) return
    failed.push(`${name} ${String(file).slice(folder.length)}`)
    throw Object.assign(new Error(`ENOSPC: no space left on device, ${name}`), { code: 'ENOSPC' })
  }
  const before = { ...files }
  const beforeOfHandles = Object.fromEntries(
    OF_HANDLES.map((name) => [name, handles[name] as Call]),
  )
  for (const name of OF_FILES) {
    files[name] = async (...given) => {
      const reads = name === 'open' && (given[1] === undefined || given[1] === 'r')
      if (!reads) check(name, given[0])
      const result = await (before[name] as Call).apply(files, given)
      if (name === 'open') names.set(result as FileHandle, String(given[0]))
      return result
    }
  }
  for (const name of OF_HANDLES) {
    handles[name] = async function (this: object, ...given) {
      try {
        check(name, names.get(this))
      } catch (error) {
        // A handle that fails to close is closed all the same, or Node.js warns about it.
        if (name === 'close') await (beforeOfHandles['close'] as Call).apply(this)
        throw error
      }
      return (beforeOfHandles[name] as Call).apply(this, given)
    }
  }
  syncBuiltinESMExports()
  return {
    arm(n, forGood) {
      armed = { n, forGood }
      calls = 0
      failed = []
    },
    disarm() {
      armed = undefined
      return { calls, failed }
    },
    restore() {
      Object.assign(files, before)
      Object.assign(handles, beforeOfHandles)
      syncBuiltinESMExports()
    },
  }
}
