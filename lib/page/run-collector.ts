/** Hears a run for its page, and keeps little of it however long the run is. */
import type { Difference } from '../model/difference.ts'
import type { RunEvent } from '../model/events/events.ts'
import { HeatCells, heatOf } from '../report/heat-cells.ts'
import { FirstDifferences } from './first-differences.ts'
import type { PageData } from './page-data.ts'
import { TimeSamples } from './time-samples.ts'

export interface CollectorOptions {
  readonly segments: number
  readonly replicas: readonly string[]
  /** Whether the run goes on with an earlier one. */
  readonly isResumed: boolean
}

export class RunCollector {
  readonly #heat: HeatCells
  readonly #samples: TimeSamples
  readonly #differences = new FirstDifferences()

  constructor({ segments, replicas, isResumed }: CollectorOptions) {
    this.#heat = new HeatCells(segments, replicas)
    this.#samples = new TimeSamples({ isResumed })
  }

  hear(event: RunEvent): void {
    if (event.type === 'progress') this.#samples.hear(event)
    if (event.type === 'pass-began') this.#samples.passBegan()
    this.#heat.hear(event)
  }

  add(difference: Difference): void {
    this.#differences.add(difference)
  }

  get collected(): Pick<PageData, 'attributes' | 'differences' | 'heat' | 'history'> {
    const { recorded } = this.#heat
    const { attributes, differences } = this.#differences
    const history = { samples: this.#samples.all }
    return {
      attributes,
      differences,
      history,
      ...(recorded !== undefined && { heat: heatOf(recorded) }),
    }
  }
}
