/** What a contestant is asked to do, and what it says of it. */
import type { Summary } from 'tablesync'

export interface Job {
  readonly endpoint: string
  readonly master: string
  readonly replica: string
  /** Those of a run, or of the contestant. */
  readonly options: object
}

export interface Found {
  readonly items: number
  readonly readUnits?: number
  readonly summary?: Summary
}

export type Contend = (job: Job) => Promise<Found>

/** Each loads what it needs, and no more. */
export const CONTESTANTS = {
  floor: async () => (await import('./floor.ts')).floor,
  json: async () => (await import('./parsing.ts')).comparesParsed,
  sdk: async () => (await import('./sdk-parsing.ts')).comparesBySdk,
  tablesync: async () => (await import('./tablesync.ts')).tablesync,
  counted: async () => (await import('../memory/counted-engine.ts')).countedEngine,
  rawPut: async () => (await import('./raw-writes.ts')).rawPut,
  rawBatchWrite: async () => (await import('./raw-writes.ts')).rawBatchWrite,
  rawUpdate: async () => (await import('./raw-writes.ts')).rawUpdate,
  rawRead: async () => (await import('./raw-reads.ts')).rawRead,
  sdkScript: async () => (await import('./sdk-script.ts')).sdkScript,
} as const satisfies Readonly<Record<string, () => Promise<Contend>>>

export type Contestant = keyof typeof CONTESTANTS
