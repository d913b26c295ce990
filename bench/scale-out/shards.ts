/**
 * The shards benchmark: a simulation of a run that is divided among machines without a coordinator.
 * Nothing is compared, and no table is read. The same seed prints the same figures.
 *
 * `npm run bench -- shards [seed] [--json]`
 */
import { readArguments } from '../figures/arguments.ts'
import { printTable } from '../figures/print-table.ts'
import { figuresOf } from './figures-of-scenario.ts'
import { AT_ONCE, CONDITIONS, FACTS, NUMBERS } from './scenarios.ts'

const SEEDS = 50

const { numbers, isJson, seed: named } = readArguments()
const seed = numbers[0] ?? Number(named ?? 1)

const assumed = { ...FACTS, atOnce: AT_ONCE, seeds: SEEDS, seed }
console.log(isJson ? JSON.stringify(assumed) : assumed)
for (const scenarios of [CONDITIONS, NUMBERS]) {
  printTable(
    scenarios.map((scenario) => figuresOf(scenario, { seeds: SEEDS, seed })),
    isJson,
  )
}
