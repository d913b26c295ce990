/** The worker threads, and the ports to the tasks that run on them. */
import { MessageChannel } from 'node:worker_threads'
import { Piscina } from 'piscina'
import { TablesyncError } from '../../errors.ts'
import type { TableIndex } from '../../model/tables/table.ts'
import { asText } from '../../protocol/as-text.ts'
import type { ControlMessage, ProgressMessage } from '../../protocol/messages.ts'
import { type TypedPort, typedPort } from '../../protocol/port.ts'
import type { WorkerSetup } from '../../protocol/setup.ts'
import type { SegmentReport, SegmentTask } from '../../protocol/tasks.ts'
import { ThreadStarts } from './thread-starts.ts'

/** Tasks that a thread may run beside its segments. */
export const RECHECKS_BESIDE = 2

export type Reply = (message: ControlMessage) => void

export interface PoolOptions {
  /** The file that a thread starts from. */
  readonly workerFile: URL
  readonly workers: number
  /** Tasks under way at once, over all threads. */
  readonly parallel: number
  readonly setup: WorkerSetup
}

export class SegmentPool {
  readonly #piscina: Piscina
  readonly #ports = new Set<TypedPort<ControlMessage>>()
  readonly #detached = new Set<TableIndex>()
  /** Threads that were ended because of one of their tasks. */
  readonly #swept = new Set<number>()
  #isStopping = false
  #isHeld = false
  #isClosing = false
  readonly #starts: ThreadStarts | undefined
  readonly #hooks: string | undefined
  /** Error of a thread without a task: it could not start, and Piscina has started none since. */
  #failedStart: Error | undefined
  /** Why there are no threads. */
  #broken: TablesyncError | undefined

  readonly #setup: WorkerSetup

  constructor({ workerFile, workers, parallel, setup }: PoolOptions) {
    this.#setup = setup
    const threads = Math.min(workers, parallel)
    // More tasks than segments, so that rechecks do not wait for a segment to end.
    const perThread = Math.ceil(parallel / threads) + RECHECKS_BESIDE
    this.#piscina = new Piscina({
      filename: workerFile.href,
      minThreads: threads,
      maxThreads: threads,
      concurrentTasksPerWorker: perThread,
      // With 'sync', Piscina's default, the event loop of an idle thread stands still, and with it
      // its sockets and ports.
      atomics: 'disabled',
      workerData: setup,
      resourceLimits: heapLimits(perThread, Object.values(setup.write).includes(true)),
    })
    // The tasks of a thread report its failure; this thread had none.
    this.#piscina.on('error', (error: Error) => {
      this.#failedStart = error
      this.#checkThreads()
    })
    // A thread that exits while it starts has no error. Piscina replaces it right after this event.
    this.#piscina.on('workerDestroy', () => setImmediate(() => this.#checkThreads()))
    const { hooks } = setup
    this.#hooks = hooks?.url
    this.#starts = hooks && new ThreadStarts(this.#piscina, 2 * hooks.loadsWithin)
  }

  /**
   * Runs a task, and settles when all its messages were heard.
   *
   * @throws TablesyncError with code `WORKER_DIED` if its thread ends; scope `run` if none can
   * start
   */
  async launch(
    task: SegmentTask,
    hear: (message: ProgressMessage, reply: Reply) => void,
  ): Promise<SegmentReport> {
    const { port1, port2 } = new MessageChannel()
    const worker = typedPort<ControlMessage, ProgressMessage>(port1, (message) =>
      hear(message, worker.say),
    )
    this.#ports.add(worker)
    if (this.#isStopping) worker.say({ type: 'stop' })
    if (this.#isHeld) worker.say({ type: 'hold', isHeld: true })
    for (const replica of this.#detached) worker.say({ type: 'detach', replica })
    try {
      if (this.#broken !== undefined) throw this.#broken
      // Without a signal: Piscina gives a task with a signal a thread of its own.
      const report = await this.#piscina.run(
        { task: asText(task), port: port2 },
        { transferList: [port2] },
      )
      // The return value may overtake the messages sent before it.
      await worker.closed
      return report as SegmentReport
    } catch (error) {
      this.#checkThreads()
      if (this.#broken !== undefined) throw this.#broken
      throw new TablesyncError(`A worker thread ended: ${this.#whatSaid(error as Error)}`, {
        code: 'WORKER_DIED',
        scope: 'segment',
        hint: 'Run again. If memory was short, lower --parallel.',
        cause: error,
      })
    } finally {
      worker.close()
      this.#ports.delete(worker)
    }
  }

  /** If no thread is left and none will start, ends the tasks that wait for one. */
  /** A hook may have thrown it, with values of items in it. */
  #whatSaid({ name, message }: Error): string {
    const { hooks, showValues } = this.#setup
    return hooks === undefined || showValues ? message : `${name} (--show-values shows its text)`
  }

  #checkThreads(): void {
    if (this.#isClosing || this.#broken !== undefined || this.#piscina.threads.length > 0) return
    const error = this.#failedStart
    const got = error?.message.split('\n')[0] ?? 'one ended while it started'
    this.#broken = new TablesyncError(`Worker threads cannot start: ${got}`, {
      code: 'WORKER_DIED',
      scope: 'run',
      hint:
        this.#hooks === undefined
          ? 'Threads start from a file of the package. If you bundle, mark tablesync as `external`.'
          : `Each thread loads the hooks ${this.#hooks}. Change them so that they can be loaded more than once, and do not end their thread.`,
      cause: error,
    })
    this.#piscina.destroy().catch(() => {})
  }

  /** Ends a thread, and with it all tasks that run there. */
  endThread(thread: number): void {
    this.#swept.add(thread)
    const worker = this.#piscina.threads.find(({ threadId }) => threadId === thread)
    worker?.terminate().catch(() => {})
  }

  /** Whether no thread can be started. */
  get isBroken(): boolean {
    return this.#broken !== undefined
  }

  /** Whether a thread was ended because of one of its tasks. */
  isSwept(thread: number): boolean {
    return this.#swept.has(thread)
  }

  /** How many threads were ended because of one of their tasks. */
  get sweeps(): number {
    return this.#swept.size
  }

  /** Tells all tasks, and those to come, to end after the pages in hand. */
  stop(): void {
    this.#isStopping = true
    for (const port of this.#ports) port.say({ type: 'stop' })
  }

  /** Tells all tasks, and those to come, to add no more suspects, or to go on. */
  hold(isHeld: boolean): void {
    this.#isHeld = isHeld
    for (const port of this.#ports) port.say({ type: 'hold', isHeld })
  }

  /** Asks all comparisons for a record of how far they are. */
  askForRecords(): void {
    for (const port of this.#ports) port.say({ type: 'record-wanted' })
  }

  /** Tells all tasks, and those to come, to leave a replica alone. */
  detach(replica: TableIndex): void {
    this.#detached.add(replica)
    for (const port of this.#ports) port.say({ type: 'detach', replica })
  }

  /** Settles when all threads have ended. */
  async close(): Promise<void> {
    // Piscina takes a second `destroy` for the end of the first, and then replaces ended threads.
    this.#isClosing = true
    this.#starts?.end()
    await this.#piscina.destroy()
  }
}

/**
 * How much a thread may hold in objects; pages are outside of this. What a segment holds is
 * bounded, and a limit near that keeps V8 from letting garbage pile up: without one, memory grows
 * with the length of the run.
 */
const heapLimits = (segments: number, isWriting: boolean) => ({
  maxOldGenerationSizeMb: 128 + 16 * segments,
  // Data being written outlives a smaller generation, and would be copied again and again.
  maxYoungGenerationSizeMb: isWriting ? 16 : 8,
})
