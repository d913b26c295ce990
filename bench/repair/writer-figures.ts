/** What the runs of writers say, beside raw writes and raw reads. */
import type { Measured } from '../contestants/measure.ts'
import { median, shown, spread } from '../figures/middle.ts'
import type { Writer } from './writers.ts'

export interface WriterRun extends Measured {
  /** How many items were written, or read by the raw reads. */
  readonly written: number
  readonly requests: number
}

/** Runs by the name of the writer, and by about how many items it was to write. */
export type WriterRuns = ReadonlyMap<string, ReadonlyMap<number, readonly WriterRun[]>>

/** `slope`: the two sizes that the slope is taken between. */
export function writerRows(
  runs: WriterRuns,
  writers: readonly Writer[],
  slope: readonly [few: number, many: number],
) {
  return writers.flatMap((writer) =>
    [...(runs.get(writer.name)?.keys() ?? [])].map((size) => {
      const own = runs.get(writer.name)?.get(size) ?? []
      const { writes = '', reads = '' } = writer.floor ?? {}
      const each = perItem(writer.name, size)
      return {
        name: `${writer.name} ${size}`,
        items: own[0]?.written ?? 0,
        'CPU ms': middle(own, 'cpuMs'),
        '± ms': spread(own.map(({ cpuMs }) => cpuMs)),
        'µs/item': shown(each, 1),
        '× writes': shown(each / perItem(writes, size)),
        '× writes + reads': shown(each / (perItem(writes, size) + perItem(reads, size))),
        ...(size === slope[0] ? slopes(writer) : { 'slope µs/item': '', 'slope × w + r': '' }),
        'wall ms': middle(own, 'wallMs'),
        'peak MB': middle(own, 'peakMB'),
        requests: own[0]?.requests ?? 0,
      }
    }),
  )

  function perItem(name: string, size: number): number {
    const own = runs.get(name)?.get(size) ?? []
    return (middle(own, 'cpuMs') * 1000) / (own[0]?.written ?? Number.NaN)
  }

  /** CPU for each further item: what starts and compiles once is not in it. */
  function slopeOf(name: string): number {
    const [few = [], many = []] = slope.map((size) => runs.get(name)?.get(size) ?? [])
    const further = (many[0]?.written ?? Number.NaN) - (few[0]?.written ?? Number.NaN)
    return ((middle(many, 'cpuMs') - middle(few, 'cpuMs')) * 1000) / further
  }

  function slopes({ name, floor }: Writer) {
    const floors = floor && slopeOf(floor.writes) + slopeOf(floor.reads)
    return {
      'slope µs/item': shown(slopeOf(name), 1),
      'slope × w + r': shown(floors && slopeOf(name) / floors),
    }
  }
}

const middle = (runs: readonly WriterRun[], figure: 'cpuMs' | 'wallMs' | 'peakMB') =>
  median(runs.map((run) => run[figure]))
