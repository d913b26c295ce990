/** Files in memory. A crash loses data that was not synced. */
import { Readable } from 'node:stream'
import { isDead, never, whose } from './clock.ts'
import { current } from './current.ts'

interface File {
  readonly number: number
  data: Buffer
  /** How many bytes a crash leaves in any case. */
  synced: number
}

const files = new Map<string, File>()
let made = 0
/** Renames that are not on the disk yet. */
let renames: { readonly from: string; readonly to: string; readonly before: File | undefined }[] =
  []

export function clear(): void {
  files.clear()
  renames = []
}

export const exists = (name: string) => files.has(name)

/** The present contents, for checks from outside; undefined where there is no file. */
export const contents = (name: string) => files.get(name)?.data.toString()

/** Keeps a random part of what was not synced, or nothing. */
export function crash(random: () => number): void {
  if (random() < 0.5) {
    for (const { from, to, before } of renames.reverse()) {
      const file = files.get(to)
      if (file !== undefined) files.set(from, file)
      if (before === undefined) files.delete(to)
      else files.set(to, before)
    }
  }
  renames = []
  for (const [name, file] of files) {
    // The lock of a dead process: real locks recognise that by the process id, which is ours here.
    if (name.endsWith('.lock')) files.delete(name)
    const left = file.synced + Math.floor(random() * (file.data.length - file.synced + 1))
    file.data = file.data.subarray(0, left)
    file.synced = left
  }
}

/** Every call takes some time, and a call of a dead process never returns. */
async function turn(longest = 1): Promise<void> {
  if (isDead(whose.getStore())) await never()
  await current.clock.sleep(current.random() * longest)
}

const missing = (name: string) =>
  Object.assign(new Error(`ENOENT: no such file, '${name}'`), { code: 'ENOENT' })

function get(name: string): File {
  const file = files.get(name)
  if (file === undefined) throw missing(name)
  return file
}

export async function open(name: string, flags = 'r') {
  await turn()
  const known = files.get(name)
  if (flags.startsWith('wx') && known !== undefined) {
    throw Object.assign(new Error(`EEXIST: '${name}'`), { code: 'EEXIST' })
  }
  const isFolder = known === undefined && flags === 'r' && !name.includes('.')
  if (known === undefined && flags.startsWith('r') && !isFolder) throw missing(name)
  const file =
    flags.startsWith('w') || known === undefined
      ? { number: ++made, data: Buffer.alloc(0), synced: 0 }
      : known
  if (!isFolder) files.set(name, file)
  const append = async (text: string | Uint8Array) => {
    await turn()
    file.data = Buffer.concat([file.data, Buffer.from(text as string)])
  }
  const sync = async () => {
    await turn(4)
    if (isFolder) renames = []
    else file.synced = file.data.length
  }
  return {
    stat: async () => ({ isFile: () => true, size: file.data.length }),
    chmod: async () => {},
    close: () => turn(),
    appendFile: append,
    writeFile: append,
    write: append,
    datasync: sync,
    sync,
    async truncate(length = 0) {
      await turn()
      file.data = file.data.subarray(0, length)
      file.synced = Math.min(file.synced, length)
    },
    async read(buffer: Buffer, offset = 0, length = buffer.length - offset, position = 0) {
      const bytesRead = file.data.copy(buffer, offset, position, position + length)
      return { buffer, bytesRead }
    },
    async *readLines() {
      await turn()
      const lines = file.data.toString().split('\n')
      if (lines.at(-1) === '') lines.pop()
      yield* lines
    },
  }
}

export async function readFile(name: string, encoding?: string): Promise<string | Buffer> {
  await turn()
  const { data } = get(name)
  return encoding === undefined ? data : data.toString()
}

export async function writeFile(name: string, text: string): Promise<void> {
  await turn()
  files.set(name, { number: ++made, data: Buffer.from(text), synced: 0 })
}

export async function link(from: string, to: string): Promise<void> {
  await turn()
  if (files.has(to)) throw Object.assign(new Error(`EEXIST: '${to}'`), { code: 'EEXIST' })
  files.set(to, get(from))
}

export function readFileSync(name: string): never {
  throw missing(name)
}

export const readlinkSync = readFileSync

export async function rename(from: string, to: string): Promise<void> {
  await turn()
  const file = get(from)
  renames.push({ from, to, before: files.get(to) })
  files.set(to, file)
  files.delete(from)
}

export async function rm(name: string, { force = false } = {}): Promise<void> {
  await turn()
  const isThere = files.delete(name)
  for (const each of [...files.keys()]) if (each.startsWith(`${name}/`)) files.delete(each)
  if (!isThere && !force && !name.includes('folder')) throw missing(name)
}

export async function stat(name: string) {
  await turn()
  const file = get(name)
  return {
    isFile: () => true,
    size: file.data.length,
    mtimeMs: Date.now(),
    dev: 1,
    ino: file.number,
  }
}

export const readlink = async (name: string): Promise<string> => {
  throw missing(name)
}

export async function readdir(folder: string): Promise<string[]> {
  await turn()
  const inside = [...files.keys()].filter((name) => name.startsWith(`${folder}/`))
  return inside.map((name) => name.slice(folder.length + 1))
}

let folders = 0
export const mkdtemp = async (prefix: string) => `${prefix}folder${folders++}`
export const realpath = async (name: string) => {
  get(name)
  return name
}

export function createReadStream(
  name: string,
  { end = Number.POSITIVE_INFINITY }: { readonly end?: number } = {},
): Readable {
  const file = files.get(name)
  if (file !== undefined) return Readable.from([file.data.subarray(0, end + 1)])
  return new Readable({
    read() {
      this.destroy(missing(name))
    },
  })
}
