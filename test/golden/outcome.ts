/** What a leg leaves behind, without what changes from run to run. */
import { readdir, readFile } from 'node:fs/promises'
import { gunzipSync } from 'node:zlib'
import type { Summary } from 'tablesync'
import type { Scene } from '../support/scene.ts'

export interface Outcome {
  readonly summary: unknown
  /** By file name. */
  readonly files: { readonly [name: string]: unknown }
  /** What the replicas hold. */
  readonly replicas: readonly unknown[]
}

export async function outcomeOf(scene: Scene, summary: Summary): Promise<Outcome> {
  const files: [string, unknown][] = []
  for (const name of (await readdir('.')).sort()) {
    if (name.endsWith('.mjs')) continue
    files.push([name, contentOf(name, await readFile(name))])
  }
  const { replica, other } = scene
  return steady({
    summary,
    files: Object.fromEntries(files),
    replicas: [replica, other].map(({ table }) => table.all()),
  }) as Outcome
}

/** The lines of a file. Those between header and footer are sorted. */
function contentOf(name: string, bytes: Buffer): unknown {
  // What a checkpoint keeps beside itself is its own concern.
  if (/\.(extras|writes)\.\d+$/.test(name)) return 'KEPT'
  const text = (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString()
  const lines = text.split('\n').filter((line) => line !== '')
  const values = lines.map((line) => steady(JSON.parse(line)))
  const hasFooter = values.length > 1 && Object.hasOwn(values.at(-1) as object, 'end')
  if (values.length === 0) return []
  const [header, ...rest] = values
  const footer = hasFooter ? [rest.pop()] : []
  const inOrder = rest.map((value) => JSON.stringify(value)).sort()
  return [header, ...inOrder.map((line) => JSON.parse(line)), ...footer]
}

/** Members that change from line to line, or from run to run. */
const CHANGING = new Set(
  ['crc', 'after', 'line', 'run', 'runId', 'leg', 'elapsedMs', 'since', 'began', 'saved'].concat([
    'ended',
    'startedAt',
    'bytes',
    'journalBytes',
    'arrival',
    'counters',
  ]),
)

function steady(value: unknown): unknown {
  if (typeof value === 'string') {
    return value
      .replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:PORT')
      .replaceAll(/file:\/\/\S*\/hooks\.mjs/g, 'file:///hooks.mjs')
  }
  if (Array.isArray(value)) return value.map(steady)
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).filter(([name]) => !CHANGING.has(name))
  return Object.fromEntries(
    // Pages that are read ahead cost units, whether they are looked at or not.
    members.map(([name, member]) => [
      name,
      /^(read|recheck)Units$/.test(name) ? 'UNITS' : steady(member),
    ]),
  )
}

/** Without the counts of which scan reached an item first: they depend on where a run was cut. */
export function withoutFirst(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutFirst)
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).filter(([name]) => !/^(matched|elsewhere)$/.test(name))
  return Object.fromEntries(members.map(([name, member]) => [name, withoutFirst(member)]))
}

/** Names of members and types of their values, for parts that depend on what happens first. */
export function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) {
    const shapes = value.map((each) => JSON.stringify(shapeOf(each)))
    return [...new Set(shapes)].sort().map((shape) => JSON.parse(shape))
  }
  if (typeof value !== 'object' || value === null) return value === null ? null : typeof value
  const members = Object.entries(value).map(([name, member]) => [name, shapeOf(member)])
  return Object.fromEntries(members)
}
