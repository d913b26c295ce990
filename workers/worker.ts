/**
 * A worker, from its side of the port. A task compares or adds up one segment, or compares, rechecks,
 * deletes, applies or undoes a batch of keys. Each of these has its own file; this file has what a
 * task says and hears while it runs.
 */
import { setMaxListeners } from 'node:events'
import type { Milliseconds } from '../lib/model/units.ts'
import { type AsText, asText, fromText } from '../lib/protocol/as-text.ts'
import { ClaimRequests } from '../lib/protocol/claim-requests.ts'
import { CredentialRequests } from '../lib/protocol/credential-requests.ts'
import { Gate } from '../lib/protocol/gate.ts'
import type { ControlMessage, ProgressMessage } from '../lib/protocol/messages.ts'
import { Outbox } from '../lib/protocol/outbox.ts'
import { type Port, typedPort } from '../lib/protocol/port.ts'
import type { WorkerSetup } from '../lib/protocol/setup.ts'
import type { SegmentReport, SegmentTask } from '../lib/protocol/tasks.ts'
import { WriteLogRequests } from '../lib/protocol/write-log-requests.ts'
import { compareSegment } from './compare/compare-segment.ts'
import type { SegmentControl } from './coordinator.ts'
import { Heartbeat } from './heartbeat.ts'
import { applyKeys } from './tasks/apply-keys.ts'
import { deleteKeys } from './tasks/delete-keys.ts'
import { fingerprintSegment } from './tasks/fingerprint-segment.ts'
import { compareListed } from './tasks/listed-keys.ts'
import { recheckKeys } from './tasks/recheck-keys.ts'
import { undoKeys } from './tasks/undo-keys.ts'
import { type OpenThread, openThread } from './thread-context.ts'

const SNAPSHOT_EVERY: Milliseconds = 1000

/** The main thread holds findings back until a record comes: it comes earlier if there are any. */
const RECORD_EVERY: Milliseconds = 5000
const RECORD_AFTER_FINDINGS: Milliseconds = 1500

/** A task, and the port that it talks on. */
export interface Call {
  readonly port: Port
  readonly task: AsText<SegmentTask>
}

export type Worker = (call: Call) => Promise<SegmentReport>

/** Opens what all tasks of a thread share. `threadId`: the main thread may end the thread by it. */
export async function openWorker(setup: WorkerSetup, threadId: number): Promise<Worker> {
  const credentials = new CredentialRequests()
  /** Aborts when the run is to end, whatever the task. */
  const ending = new AbortController()
  const open = await openThread(
    setup,
    (table, refused) => credentials.get(table, refused),
    ending.signal,
  )
  const heartbeat = new Heartbeat(threadId, setup.timeouts.stallLimit)
  return ({ port, task }) =>
    carryOut(port, fromText(task), { credentials, ending, open, heartbeat })
}

interface Opened {
  readonly credentials: CredentialRequests
  readonly ending: AbortController
  readonly open: OpenThread
  readonly heartbeat: Heartbeat
}

async function carryOut(
  port: Port,
  task: SegmentTask,
  { credentials, ending, open, heartbeat }: Opened,
): Promise<SegmentReport> {
  const stopping = new AbortController()
  // There are as many listeners as repairs that wait for their next try.
  setMaxListeners(0, stopping.signal)
  const detached = new Set<number>()
  const gate = new Gate()
  const outbox = new Outbox((findings) =>
    coordinator.say({ type: 'findings', findings: asText(findings) }),
  )
  const writeLog = new WriteLogRequests((writes) =>
    coordinator.say({ type: 'about-to-write', writes: asText(writes) }),
  )
  const coordinator = typedPort<ProgressMessage, ControlMessage>(port, (message) => {
    switch (message.type) {
      case 'stop':
        gate.set(false)
        ending.abort()
        return stopping.abort()
      case 'hold':
        return gate.set(message.isHeld && !stopping.signal.aborted)
      case 'detach':
        return detached.add(message.replica)
      case 'journaled':
        return writeLog.recorded(message.count, message.error)
      case 'record-wanted':
        if (task.kind === 'compare') for (const replica of task.replicas) wanted.add(replica)
        return
      case 'findings-taken':
        return outbox.taken()
      case 'record-kept':
        return kept.shift()?.()
      case 'claimed':
        return claims.answered(message.collided)
      case 'credentials':
        return credentials.answer(message.table, message.answer)
      default:
        return message satisfies never
    }
  })
  const claims = new ClaimRequests((claims) => coordinator.say({ type: 'claim-keys', claims }))
  const beat = heartbeat.begin((message) => coordinator.say(message))
  const thread = open(beat.underWay, claims)
  const ask = (table: number, refused?: string) =>
    coordinator.say({
      type: 'credentials-wanted',
      table,
      ...(refused !== undefined && { refused }),
    })
  const began = performance.now()
  let lastSnapshot = began
  /** By replica. */
  const lastRecord = new Map<number, number>()
  const kept: (() => void)[] = []
  /** Replicas for which the main thread has asked for a record. */
  const wanted = new Set<number>()
  let hasTold = false
  // Such a scan reports the key to start again from as it goes on.
  const isUndivided = task.kind === 'compare' && task.totalSegments === 1
  const control: SegmentControl = {
    stopping: stopping.signal,
    isDetached: (replica) => detached.has(replica),
    progress(tally) {
      const now = performance.now()
      if (now - lastSnapshot < SNAPSHOT_EVERY) return
      lastSnapshot = now
      coordinator.say({ type: 'snapshot', tally })
      outbox.nudge()
    },
    isRecordDue(replica) {
      if (stopping.signal.aborted || isUndivided || wanted.has(replica)) return true
      const age = performance.now() - (lastRecord.get(replica) ?? began)
      return age >= (hasTold ? RECORD_AFTER_FINDINGS : RECORD_EVERY)
    },
    async keep(replica, record) {
      await outbox.allTold()
      lastRecord.set(replica, performance.now())
      hasTold = false
      coordinator.say({ type: 'record', replica, record, isWanted: wanted.delete(replica) })
      await new Promise<void>((resolve) => kept.push(resolve))
    },
    partEnded: (replica) => coordinator.say({ type: 'part-ended', replica }),
    ordersDiffer: (replica) => coordinator.say({ type: 'orders-differ', replica }),
    record: (write) => writeLog.record(write),
    allowanceSpent: () => coordinator.say({ type: 'allowance-spent' }),
    roomForSuspects() {
      if (!gate.isShut) return undefined
      const doing = beat.underWay.begin(() => 'room for more keys to look at again')
      return doing.excused(gate.pass()).finally(() => doing.end())
    },
    tell(finding) {
      hasTold = true
      return outbox.tell(finding)
    },
    allTold: () => outbox.allTold(),
  }

  credentials.open(ask)
  try {
    switch (task.kind) {
      case 'compare':
        return await compareSegment(task, thread, control)
      case 'fingerprint':
        return await fingerprintSegment(task, thread, control)
      case 'recheck':
        return await recheckKeys(task, thread, control)
      case 'apply':
        return await applyKeys(task, thread, control)
      case 'listed':
        return await compareListed(task, thread, control)
      case 'undo':
        return await undoKeys(task, thread, control)
      default:
        return await deleteKeys(task, thread, control)
    }
  } finally {
    beat.end()
    credentials.close(ask)
    coordinator.close()
  }
}
