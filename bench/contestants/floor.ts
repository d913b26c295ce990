/** Reads all pages of both tables over `node:http`, every segment at once, and throws them away. */
import type { Found, Job } from './job.ts'
import { openTransport, rawPages, slices } from './raw-pages.ts'

const SEGMENTS = 8

export async function floor({ endpoint, master, replica, options }: Job): Promise<Found> {
  const { compression } = options as { readonly compression?: 'gzip' }
  const transport = await openTransport(endpoint)
  const reading = { transport, isKept: false, isCompressed: compression === 'gzip' }
  await Promise.all(
    [master, replica].flatMap((table) =>
      slices(SEGMENTS).map(async (slice) => {
        for await (const _ of rawPages(endpoint, table, slice, reading));
      }),
    ),
  )
  transport.agent.destroy()
  return { items: 0 }
}
