/** A machine that sleeps: no timer of ours may take the sleep for the silence of a table. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import type { RunEvent, Summary } from 'tablesync'
import { ALL_WRITES, asks, counts, openScene, REPAIRED, SHORT } from '../support/scene.ts'
import { t } from '../support/tap.ts'
import { oneOfMany } from '../support/thorough.ts'

const library = import.meta.resolve('tablesync')

const SCRIPT = `
  const { runSync } = await import(${JSON.stringify(library)})
  const events = []
  const options = JSON.parse(process.argv[1])
  const summary = await runSync({ ...options, onProgress: (event) => events.push(event) })
  console.log(JSON.stringify({ summary, events }))
`

for (const slept of [3500, 9000]) {
  t.test(
    `runSync goes on after a sleep of ${slept} ms, longer than all its timeouts`,
    oneOfMany(),
    async (t) => {
      const { master, replica } = await openScene(t)
      const named = ({ label, stub }: typeof master) => ({
        table: label,
        endpoint: stub.endpoint,
        credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      })
      const options = {
        ...ALL_WRITES,
        master: named(master),
        replicas: [named(replica)],
        segments: 2,
        scanLimit: 5,
        // Slow enough that the scans take some seconds.
        readCapacity: 8,
        minMismatchAge: 0,
        retryDelayBase: 1,
        timeouts: { ...SHORT, stall: 2500 },
      }
      const child = spawn(process.execPath, ['-e', SCRIPT, JSON.stringify(options)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      t.teardown(() => child.kill('SIGKILL'))
      const output = text(child.stdout)
      while (master.stub.requests.filter(asks('Scan')).length < 3) await sleep(20)
      child.kill('SIGSTOP')
      await sleep(slept)
      child.kill('SIGCONT')
      const [code] = await once(child, 'exit')
      t.equal(code, 0)
      const { summary, events } = JSON.parse(await output) as {
        readonly summary: Summary
        readonly events: readonly RunEvent[]
      }
      t.strictSame(summary.errors, [])
      t.equal(summary.outcome, 'in-sync')
      t.strictSame(counts(summary, replica), REPAIRED)
      t.strictSame(
        events.filter(({ type }) => type === 'stalled' || type === 'replica-lost'),
        [],
      )
      t.strictSame(replica.table.all(), master.table.all())
    },
  )
}
