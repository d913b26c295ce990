/**
 * The drift benchmark: tables that differ as real ones do, little and anywhere, compared as a user
 * compares them, with the default wait before a mismatch counts. Beside each row its floor.
 *
 * `npm run bench -- drift [items] [repetitions] [--slopes] [--only NAME,…] [--seed N] [--tls]
 *   [--library] [--json]`
 */
import { randomInt } from 'node:crypto'
import { readArguments } from '../figures/arguments.ts'
import { machine } from '../figures/machine.ts'
import { shown } from '../figures/middle.ts'
import { printTable } from '../figures/print-table.ts'
import { startServer } from '../server/start-server.ts'
import { Figures } from './figures-of-row.ts'
import { measureRows } from './measured-rows.ts'
import { chosenRows } from './rows.ts'

const asked = readArguments()
const { isJson, isTls, isLibrary } = asked
const [items = 200_000, repetitions = 5] = asked.numbers
const sizes = asked.wantsSlopes ? [items, 4 * items] : [items]
const seed = Number(asked.seed ?? randomInt(1_000_000))
const rows = chosenRows(asked.only)

const server = await startServer({ isTls })
const runs = await measureRows(server, { rows, sizes, repetitions, seed, isLibrary })
await server.stop()

const measuredOn = { ...machine(), items, repetitions, seed, isTls, isLibrary }
const figures = new Figures(runs, sizes)
console.log(isJson ? JSON.stringify(measuredOn) : measuredOn)
printTable(figures.ofAllRows(), isJson)
const { step } = figures
if (step !== undefined) {
  const words = `(1e-4 - healthy) / (1e-3 - healthy) = ${shown(step)}; 0.1 is proportional.`
  console.log(isJson ? JSON.stringify({ step }) : `No step: ${words}`)
}
