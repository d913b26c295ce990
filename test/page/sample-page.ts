/** A page as large as pages get, with texts that would break out of it if they could. */

import { zeroReplicaTally } from '../../lib/model/tally.ts'
import type { PageData } from '../../lib/page/page-data.ts'
import { TimeSamples } from '../../lib/page/time-samples.ts'
import { HeatCells, heatOf } from '../../lib/report/heat-cells.ts'
import type { DifferenceShown } from '../../lib/report/lines/differences/difference-lines.ts'

export const HOSTILE = [
  '<img src=x onerror="globalThis.broken=1">',
  '"><script>globalThis.broken=1</script>',
  "' onmouseover='globalThis.broken=1",
  '</style></pre></code><svg onload=globalThis.broken=1>',
  '&lt;b&gt; &amp; <!-- -->',
  'a\u202egnp.exe',
  'line\nend\u2028\u0007',
  'javascript:alert(1)',
  '`y` {{z}}',
]

const SEGMENTS = 65_536
const REPLICAS = ['eu-west-1:Orders', 'ap-southeast-2:Orders']

export function samplePage(more: Partial<PageData> = {}, texts = HOSTILE): PageData {
  const cells = new HeatCells(SEGMENTS, REPLICAS)
  for (let segment = 0; segment < SEGMENTS - 700; segment++) {
    const isDrift = (segment > 9_000 && segment < 15_000) || segment % 997 === 0
    const missing = isDrift ? (segment % 13) + (segment % 4000 === 1 ? 250 : 0) : 0
    const tally = { ...zeroReplicaTally(), offered: 610, sameAs: 610 - missing, missing }
    for (const replica of REPLICAS) cells.finished(segment, replica, tally)
  }
  const { recorded } = cells
  const samples = new TimeSamples({ isResumed: false })
  for (let second = 1; second <= 5000; second++) samples.hear(progressAt(second))
  return {
    what: 'Comparison',
    tables: [
      {
        role: 'master',
        label: 'us-east-1:Orders',
        about: ['about 39,912,004 items', '11,800,000,000 bytes'],
      },
      ...REPLICAS.map((label) => ({
        role: 'replica' as const,
        label,
        about: ['at http://localhost:8000'],
      })),
    ],
    verdict: {
      sentence: 'Different: 1,519 of 39,912,004 items.',
      more: ['eu-west-1:Orders: throttled after all retries (12 times)'],
    },
    facts: [
      { name: 'began', value: '2026-11-28 14:02 UTC' },
      { name: 'took', value: '83 min' },
      { name: 'run', value: '77d3c377, in the user agent of every request' },
      { name: 'strategy', value: 'march' },
      {
        name: 'units',
        value:
          '2,903,114 read units of the master; 2,903,114 read units and 0 write units of the replicas',
      },
    ],
    counts: REPLICAS.map((replica) => ({
      replica,
      counts: [
        { name: 'the same', count: 39_910_485 },
        { name: 'missing', count: 1204 },
        { name: 'differing', count: 311 },
        { name: 'extra', count: null },
        { name: 'caught up', count: 40 },
      ],
    })),
    ...(recorded !== undefined && { heat: heatOf(recorded) }),
    attributes: [
      { place: 'state', items: 290 },
      { place: 'address.geo', items: 40 },
      ...texts.map((place, at) => ({ place, items: 9 - at })),
    ],
    history: { samples: samples.all },
    differences: { first: differences(texts), total: 1519 },
    showsValues: false,
    command: [
      'tablesync',
      '-m',
      'us-east-1:Orders',
      '-r',
      'eu-west-1:Orders',
      '--mfa-token',
      '…',
      '--html',
      texts[0] as string,
    ],
    options: [{ name: '--ignore', value: texts.join(', ') }],
    safeguards: [{ name: '--max-deletes', value: '1,000 or 1% of the items' }],
    version: '0.1.0',
    ...more,
  }
}

/** All that can be long is: cells that all differ, seven charts, keys and names of 1 KB. */
export function fullPage(): PageData {
  const strips = ['a', 'b', 'c', 'd', 'e', 'f'].map((replica) => ({
    replica,
    cells: Array.from({ length: 256 }, (_, at) => ({
      ...{ firstSegment: at * 256, lastSegment: at * 256 + 255, compared: 250 + 6 * (at % 2) },
      ...{ items: 1_000_000, differences: 10 ** (at % 7) },
    })),
  }))
  const samples = Array.from({ length: 360 }, (_, at) => ({
    ...{ at: at * 977.3, itemsPerSecond: Math.abs(1e5 * Math.sin(at * 7)) },
    ...{ isWaiting: at % 6 < 3, isPaused: false },
    flows: strips.map(({ replica }) => ({
      ...{
        table: replica,
        kind: 'read' as const,
        unitsPerSecond: Math.abs(1e4 * Math.cos(at * 5)),
      },
      ...{ limit: 9000 + (at % 3), isThrottled: at % 6 < 3, answerMs: 40 + 30 * Math.sin(at) },
    })),
  }))
  const long = (at: number) => `${at} ${'<&"'.repeat(340)}`
  const attributes = Array.from({ length: 100 }, (_, at) => ({ place: long(at), items: 100 - at }))
  const first = Array.from(
    { length: 100 },
    (_, at): DifferenceShown => ({
      ...{ replica: 'a', kind: 'differing', action: 'failed', error: long(at) },
      key: { pk: { S: long(at) } },
      changes: [
        {
          path: long(at),
          from: 'S',
          to: 'S',
          values: { from: { S: long(1) }, to: { S: long(2) } },
        },
      ],
    }),
  )
  return samplePage({
    heat: { segments: SEGMENTS, strips },
    history: { samples },
    attributes,
    differences: { first, total: 1e6 },
    showsValues: true,
  })
}

const differences = (texts: readonly string[]): DifferenceShown[] =>
  Array.from({ length: 100 }, (_, at): DifferenceShown => {
    const text = texts[at % texts.length] as string
    const key = { pk: { S: `cust#${at}` }, sk: { S: text } }
    const replica = REPLICAS[at % 2] as string
    if (at % 3 === 0) return { replica, kind: 'missing', key, action: 'none' }
    return {
      ...{ replica, kind: 'differing', key, action: 'failed', error: text, attributes: ['state'] },
      changes: [
        {
          path: 'state',
          from: 'S',
          to: 'S',
          values: { from: { S: `was-secret ${text}` }, to: { S: `now-secret ${text}` } },
        },
        { path: `"${text}"`, from: 'S', to: 'N' },
      ],
    }
  })

function progressAt(second: number) {
  const flow = (table: string, kind: 'read' | 'write') => ({
    ...{ table, kind, isAdaptive: false, origin: 'asked' as const, because: 'asked' },
    unitsPerSecond: kind === 'read' ? 600 : null,
    usedPerSecond:
      kind === 'read' ? 560 + 40 * Math.sin(second / 90) - (second % 1700 > 1500 ? 400 : 0) : 0,
    isThrottled: kind === 'read' && second % 1700 > 1500,
    bytesPerSecond: kind === 'read' ? 4e6 : 0,
    answerMs: kind === 'read' ? 45 + 12 * Math.sin(second / 50) : null,
  })
  return {
    ...{
      type: 'progress' as const,
      segmentsDone: second,
      segments: SEGMENTS,
      elapsedMs: second * 1000,
    },
    tally: {
      master: {
        scanned: second * 8000 + 900 * Math.round(60 * Math.sin(second / 60)),
        readUnits: second * 590,
      },
      replicas: {},
    },
    suspects: {},
    isPaused: second > 3000 && second < 3200,
    waitingFor: [],
    flows: ['us-east-1:Orders', ...REPLICAS].flatMap((table) => [
      flow(table, 'read'),
      flow(table, 'write'),
    ]),
  }
}
