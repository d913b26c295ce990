/** Loaded before a command: when it exits, writes to descriptor 3 what it took. */
import { writeSync } from 'node:fs'

process.once('exit', () => {
  const { user, system } = process.cpuUsage()
  writeSync(
    3,
    JSON.stringify({
      items: 0,
      cpuMs: (user + system) / 1000,
      wallMs: performance.now(),
      peakMB: process.resourceUsage().maxRSS / 1024,
    }),
  )
})
