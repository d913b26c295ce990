/**
 * Judges the judge: each mutation removes one safeguard from a copy of the engine, and has to be
 * caught. `node dist/test/safety/mutations.js [NAME ...]`; TABLESYNC_TEST_HISTORIES sets within how
 * many histories.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { prepareEngine } from '../simulation/engine.ts'

interface Mutation {
  readonly name: string
  /** In the copy of the engine. */
  readonly file: string
  readonly from: string
  readonly to: string
}

const MUTATIONS: readonly Mutation[] = [
  {
    name: 'conditions without what was seen',
    file: 'lib/dynamo/conditions.js',
    from: 'comparisons.map((comparison) => addTo(condition, comparison, terms))',
    to: '[]',
  },
  {
    name: 'conditions without the version that a side lacked',
    file: 'lib/dynamo/conditions.js',
    from: 'version === undefined ? names : [version, ...names]',
    to: 'names',
  },
  {
    name: 'updates without the condition on others of equal versions',
    file: 'lib/dynamo/update-expression.js',
    from: '{ needed: [itsVersion, ...rest], others: [] }',
    to: '{ needed: [itsVersion], others: [] }',
  },
  {
    name: 'no conflict of versions',
    file: 'workers/repair/repair-aim.js',
    from: 'if (conflict !== undefined)',
    to: 'if (false)',
  },
  {
    name: 'puts over what is there',
    file: 'lib/dynamo/conditions.js',
    from: 'attribute_not_exists($',
    to: 'attribute_exists($',
  },
  {
    name: 'wide items that end after their first part',
    file: 'workers/write/converge.js',
    from: 'if (!write.isPart)',
    to: 'if (true)',
  },
  {
    name: 'torn items that are told as other failures',
    file: 'workers/write/converge.js',
    from: 'const isTorn = (',
    to: 'const isTorn = false && (',
  },
  {
    name: 'a failed condition counts as a landed write',
    file: 'workers/write/write-attempt.js',
    from: "if (result.end === 'refused')\n            return result;",
    to: "if (result.end === 'refused') return { end: 'landed' };",
  },
  {
    name: 'deletions of what the master has',
    file: 'workers/verify/verdict.js',
    from: "return hasReplica ? 'extra' : 'sameAs';",
    to: "return hasReplica ? 'extra' : 'sameAs'; if (hasReplica && !isSame) return 'extra';",
  },
  {
    name: 'work that goes down with a thread is dropped',
    file: 'lib/run/tasks/task-executor.js',
    from: "if (end === 'died')",
    to: "if (end === 'died' || end === 'swept') return 'not-needed'; if (end === 'died')",
  },
  {
    name: 'what has landed in a thread that died is told as ended by itself',
    file: 'workers/repair/repair.js',
    from: 'if (isOurs)',
    to: 'if (false)',
  },
  {
    name: 'what was only updated is taken back like what was put',
    file: 'workers/repair/read-back.js',
    from: '!(isOurs && wrote.isPut)',
    to: '!isOurs',
  },
  {
    name: 'attributes are written whole, with what is not compared in them',
    file: 'lib/item/places/edits.js',
    from: "if (part === 'all')",
    to: 'if (true)',
  },
  {
    name: 'places inside attributes are changed, whatever they hold',
    file: 'lib/dynamo/update-expression.js',
    from: 'const places = [...touched, ...holders, ...besideNested(touching, compared)];',
    to: 'const places = [...touched.filter((edit) => !isNested(edit)), ...holders];',
  },
  {
    name: 'missing items are put whole, unasked',
    file: 'lib/options/groups/place-options.js',
    from: "putsWhole: !comparesParts || missingItems === 'whole'",
    to: 'putsWhole: true',
  },
  {
    name: 'what was put whole is taken back, unasked',
    file: 'workers/repair/read-back.js',
    from: 'if (heldBack !== undefined)',
    to: 'if (false)',
  },
  {
    name: 'undo goes by what it is to bring, and not by what is there',
    file: 'workers/tasks/undo-keys.js',
    from: "return digestOf(steps[0]?.before ?? null) === now ? 'there' : 'changed';",
    to: "return digestOf(steps[0]?.before ?? null) === now ? 'there' : (steps[0]?.before ?? null);",
  },
]

const MOST = Number(process.env['TABLESYNC_TEST_HISTORIES'] ?? 20_000)
const BATCH = 250
const runner = fileURLToPath(new URL('runner.js', import.meta.url))

async function caughtAt({ file, from, to }: Mutation, folder: string): Promise<string | undefined> {
  await prepareEngine(folder)
  const path = fileURLToPath(new URL(`../../${folder}/${file}`, import.meta.url))
  const whole = await readFile(path, 'utf8')
  if (!whole.includes(from)) throw new Error(`${file} has no ${from}`)
  await writeFile(path, whole.replace(from, to))
  for (let first = 1; first <= MOST; first += BATCH) {
    const child = spawn(process.execPath, [runner, String(first), String(BATCH)], {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, TABLESYNC_SIMULATED: folder, NODE_V8_COVERAGE: '' },
    })
    const out = text(child.stdout)
    await once(child, 'close')
    const { failures } = JSON.parse((await out).trim()) as {
      readonly failures: readonly { readonly seed: number; readonly message: string }[]
    }
    const [failure] = failures
    if (failure !== undefined) return `seed ${failure.seed}: ${failure.message.slice(0, 160)}`
  }
  return undefined
}

/** Parts of names; none means all. */
const wanted = process.argv.slice(2)
let missed = 0
for (const [at, mutation] of MUTATIONS.entries()) {
  if (wanted.length > 0 && !wanted.some((part) => mutation.name.includes(part))) continue
  const caught = await caughtAt(mutation, `mutant-${at}`)
  if (caught === undefined) missed++
  process.stdout.write(
    `${caught === undefined ? 'NOT CAUGHT' : 'caught'} ${mutation.name}: ${caught}\n`,
  )
}
process.stdout.write(`${MUTATIONS.length - missed} passed, ${missed} failed\n`)
process.exitCode = missed === 0 ? 0 : 1
