/** This project, as a library. */
import type { Found, Job } from './job.ts'

export async function tablesync({ endpoint, master, replica, options }: Job): Promise<Found> {
  const { runSync } = (await import('tablesync')) as typeof import('../../lib/index.ts')
  const summary = await runSync({
    master: `local:${master}`,
    replicas: [`local:${replica}`],
    endpoint,
    ...options,
  })
  const { scanned, readUnits } = summary.master
  const units = Object.values(summary.replicas).reduce(
    (sum, each) => sum + each.readUnits,
    readUnits,
  )
  return { items: scanned, readUnits: units, summary }
}
