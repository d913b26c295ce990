/** The figures of a run in Prometheus' text format. Labels name tables, and never keys or values. */
import { Counter, Gauge, Registry } from 'prom-client'
import type { RunFigures } from './run-figures.ts'

const OUTCOMES = [
  'in-sync',
  'different',
  'sampled',
  'incomplete',
  'stopped',
  'interrupted',
  'refused',
]

type Labels = Readonly<Record<string, string>>
type Samples = readonly (readonly [Labels, number])[]

/** Made anew each time: the run has counted already. */
export function exposition(figures: RunFigures): Promise<string> {
  const registry = new Registry()
  // Exporters refuse two files with the same series.
  registry.setDefaultLabels({ file: figures.description.file })
  for (const { name, help, samples } of gaugesOf(figures)) {
    // A metric without samples would be told as 0.
    if (samples.length === 0) continue
    const options = { name: `tablesync_${name}`, help, registers: [registry] }
    const gauge = new Gauge({ ...options, labelNames: namesIn(samples) })
    for (const [labels, value] of samples) gauge.set(labels, value)
  }
  for (const { name, help, samples } of countersOf(figures)) {
    if (samples.length === 0) continue
    const options = { name: `tablesync_${name}`, help, registers: [registry] }
    const counter = new Counter({ ...options, labelNames: namesIn(samples) })
    for (const [labels, value] of samples) counter.inc(labels, value)
  }
  return registry.metrics()
}

interface Metric {
  readonly name: string
  readonly help: string
  readonly samples: Samples
}

const namesIn = ([first]: Samples) => Object.keys(first?.[0] ?? {})

function gaugesOf({ description, share, flows, isWaiting, ended }: RunFigures): Metric[] {
  const { identity, version, command } = description
  const about = { run_id: identity.runId, version, command }
  const began = Date.parse(identity.startedAt) / 1000
  const alone = (name: string, help: string, value: number): Metric => ({
    ...{ name, help },
    samples: [[{}, value]],
  })
  const throttled: Samples = flows.map(({ table, kind, isThrottled }) => [
    { table, capacity: kind },
    Number(isThrottled),
  ])
  const gauges = [
    { name: 'run_info', help: 'The run that wrote these metrics.', samples: [[about, 1]] as const },
    alone('run_start_time_seconds', 'When the run began, in unix seconds.', began),
    alone('progress_ratio', 'Share of the work that is done.', share),
    alone('waiting', 'Whether something holds the run up.', +isWaiting),
    { name: 'throttled', help: 'Whether the table refuses requests just now.', samples: throttled },
  ]
  if (ended === undefined) return gauges
  const outcomes: Samples = OUTCOMES.map((outcome) => [{ outcome }, +(outcome === ended.outcome)])
  return [
    ...gauges,
    alone('run_end_time_seconds', 'When the run ended, in unix seconds.', +ended.at / 1000),
    { name: 'run_outcome', help: 'How the run ended: 1 for its outcome.', samples: outcomes },
  ]
}

function countersOf({ description, master, replicas }: RunFigures): Metric[] {
  const tables = [
    ...(description.master === undefined ? [] : [[description.master, master] as const]),
    ...replicas,
  ]
  const ofTables = (name: 'scanned' | 'readUnits'): Samples =>
    tables.map(([table, counts]) => [{ table }, counts[name]])
  const ofReplicas = (name: 'writeUnits' | 'failed' | 'conflicts' | 'unverified'): Samples =>
    [...replicas].map(([replica, counts]) => [{ replica }, counts[name]])
  const writes: Samples = [...replicas].flatMap(([replica, { written, deleted }]) => [
    [{ replica, action: 'written' }, written] as const,
    [{ replica, action: 'deleted' }, deleted] as const,
  ])
  const differences: Samples = [...replicas].flatMap(([replica, counts]) =>
    (['missing', 'differing', 'extra'] as const).flatMap((kind) => {
      const count = counts[kind]
      // Whether there are extras is not known where nobody looked for them.
      return count === null ? [] : [[{ replica, kind }, count] as const]
    }),
  )
  return [
    { name: 'scanned_items_total', help: 'Items scanned.', samples: ofTables('scanned') },
    { name: 'read_units_total', help: 'Read units consumed.', samples: ofTables('readUnits') },
    { name: 'write_units_total', help: 'Write units consumed.', samples: ofReplicas('writeUnits') },
    { name: 'differences_total', help: 'Differences found, by kind.', samples: differences },
    { name: 'writes_total', help: 'Differences repaired, by action.', samples: writes },
    { name: 'failed_total', help: 'Repairs that failed.', samples: ofReplicas('failed') },
    { name: 'conflicts_total', help: 'Repairs given up.', samples: ofReplicas('conflicts') },
    {
      name: 'unverified_total',
      help: 'Keys without a verdict.',
      samples: ofReplicas('unverified'),
    },
  ]
}
