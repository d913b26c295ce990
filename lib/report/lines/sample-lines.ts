/** What a sample tells of the whole tables, in words. */
import { count, counted } from '../../model/figures.ts'
import type { EstimatedShare, SampledReplica } from '../../model/results/sample-summary.ts'
import type { Summary } from '../../model/results/summary.ts'
import { foundOf } from '../../model/tally.ts'

type Sampled = Pick<Summary, 'outcome' | 'sample' | 'replicas'>

/** `Sampled 41 of 4,096 segments: 2 of 1,020 items differ.` */
export function sampleVerdict({ outcome, sample, replicas }: Sampled): string | undefined {
  // One that was not read to its end says something else.
  if (sample === undefined || outcome !== 'sampled') return undefined
  const found = Object.values(replicas).reduce((sum, replica) => sum + foundOf(replica), 0)
  const items = Object.values(sample.replicas).reduce((sum, replica) => sum + replica.items, 0)
  const what = `${count(sample.drawn)} of ${counted(sample.segments, 'segment')}`
  return `Sampled ${what}: ${found === 0 ? 'none' : count(found)} of ${counted(items, 'item')} ${found === 1 ? 'differs' : 'differ'}.`
}

export function sampleLines({ sample }: Pick<Summary, 'sample'>): string[] {
  if (sample === undefined) return []
  return Object.entries(sample.replicas).flatMap(([label, replica]) => [
    `limits  ${label}: ${limitOf(replica.all, 'differ')}, ${SURE}`,
    `        ${kindsOf(replica).join(', ')}`,
    ...(replica.spread > WIDE
      ? [
          `        one segment has ${count(Math.round(replica.spread))} times as many items as the mean, so these limits are wide`,
        ]
      : []),
  ])
}

const SURE = '95 % sure, however they are spread'

/** Item collections make one segment larger than others. */
const WIDE = 5

function kindsOf({ missing, differing, extra }: SampledReplica): string[] {
  return [
    limitOf(missing, 'are missing'),
    limitOf(differing, 'differ in attributes'),
    ...(extra === null ? ['extras were not looked for'] : [limitOf(extra, 'are extra')]),
  ]
}

/** `at most 0.05 % of items differ`, or what was found with its limits. */
function limitOf({ estimate, lower, upper }: EstimatedShare, what: string): string {
  // A limit must not look narrower than it is.
  const most = percent(upper, Math.ceil)
  if (estimate === 0) return `at most ${most} of items ${what}`
  return `about ${percent(estimate, Math.round)} of items ${what} (${percent(lower, Math.floor)} to ${most})`
}

/** Two digits that count. */
function percent(share: number, rounded: (value: number) => number): string {
  if (share <= 0) return '0 %'
  const value = share * 100
  const scale = 10 ** Math.max(0, 1 - Math.floor(Math.log10(value)))
  // What is a whole number but for the rounding of doubles stays one.
  const near = Math.round(value * scale)
  const whole = Math.abs(value * scale - near) < 1e-9 ? near : rounded(value * scale)
  return `${Number((whole / scale).toPrecision(12))} %`
}
