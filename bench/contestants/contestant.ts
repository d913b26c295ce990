/**
 * One way to compare or to copy tables, in a process of its own: only its own start-up counts, since
 * each contestant loads what it needs. Writes what it found and what it took to descriptor 3.
 */
import { writeSync } from 'node:fs'
import { CONTESTANTS, type Contestant, type Job } from './job.ts'

const [name = '', job = ''] = process.argv.slice(2)
const began = performance.now()
const contend = await CONTESTANTS[name as Contestant]()
const found = await contend(JSON.parse(job) as Job)
const { user, system } = process.cpuUsage()
writeSync(
  3,
  JSON.stringify({
    ...found,
    cpuMs: Math.round((user + system) / 1000),
    wallMs: Math.round(performance.now() - began),
    peakMB: Math.round(process.resourceUsage().maxRSS / 1024),
  }),
)
