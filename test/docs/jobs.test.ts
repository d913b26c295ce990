/** The jobs of docs/jobs have the shapes that their services take, and run the same commands. */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgv } from '../../lib/options/argv.ts'
import { t } from '../support/tap.ts'
import {
  AT_ONCE,
  batch,
  DIR,
  flagValue,
  folder,
  kubernetes,
  kubernetesJob,
  SHARDS,
  taskDefinition,
  textOf,
} from './jobs/job-files.ts'
import { runSlurm } from './jobs/slurm-run.ts'
import { runTasks } from './jobs/step-functions-run.ts'
import { type Literal, typeErrors } from './jobs/typed-literals.ts'

const BATCH = '@aws-sdk/client-batch'
const ECS = '@aws-sdk/client-ecs'
/** Where Kubernetes has the type of each kind. */
const KINDS: { [kind: string]: string } = {
  Job: 'kubernetes-types/batch/v1',
  PersistentVolumeClaim: 'kubernetes-types/core/v1',
  ServiceAccount: 'kubernetes-types/core/v1',
}

t.test('each file has the shape that its service takes', async (t) => {
  const literal = (name: string, type: string, from: string, value: unknown): Literal => ({
    name,
    type,
    from,
    value,
  })
  const tasks = (await runTasks()).tasks
  const literals = [
    literal('definition', 'RegisterJobDefinitionRequest', BATCH, batch.definition),
    ...(['plan', 'array', 'merge'] as const).map((name) =>
      literal(name, 'SubmitJobRequest', BATCH, batch[name]),
    ),
    literal('task', 'RegisterTaskDefinitionRequest', ECS, taskDefinition),
    ...[tasks[0], tasks[1], tasks.at(-1)].map((task, at) =>
      literal(`run-task-${at}`, 'RunTaskRequest', ECS, asInSdk(task)),
    ),
    ...kubernetes.map((value) => {
      const { kind, metadata } = value
      return literal(`${kind}-${metadata.name}`, kind, KINDS[kind] ?? 'no module', value)
    }),
  ]
  // The compiler has to see what is wrong, however deep.
  const wrong: [string, RegExp][] = [
    ['member', /'"mount"' does not exist/],
    ['case', /'"retry"' is not assignable/],
    ['lack', /'jobDefinition' is missing/],
    ['depth', /'"argz"' does not exist in type 'Container'/],
    ['request', /'"FARGAT"' is not assignable/],
  ]
  const errors = typeErrors([
    ...literals,
    literal('member', 'RegisterJobDefinitionRequest', BATCH, { ...batch.definition, mount: 1 }),
    literal('case', 'RetryStrategy', BATCH, { evaluateOnExit: [{ action: 'retry' }] }),
    literal('lack', 'SubmitJobRequest', BATCH, { jobName: 'a', jobQueue: 'b' }),
    literal('depth', 'Job', 'kubernetes-types/batch/v1', {
      spec: { template: { spec: { containers: [{ name: 'a', argz: [] }] } } },
    }),
    literal('request', 'RunTaskRequest', ECS, { taskDefinition: 'a', launchType: 'FARGAT' }),
  ])
  for (const { name } of literals) t.same(errors.get(name), [], name)
  for (const [name, error] of wrong) t.match(errors.get(name)?.[0], error, name)
  t.equal(literals.length, 13)
})

/** As the SDK spells the members; Step Functions begins them with a capital. */
function asInSdk(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asInSdk)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [
      `${name.charAt(0).toLowerCase()}${name.slice(1)}`,
      asInSdk(each),
    ]),
  )
}

t.test('all schedulers run the same commands', async (t) => {
  const argsOf = (name: string) =>
    kubernetesJob(name).spec?.template.spec?.containers[0]?.args ?? []
  const { commands } = await runTasks()
  const schedulers = {
    'AWS Batch': {
      plan: batch.plan.containerOverrides?.command ?? [],
      shard: batch.definition.containerProperties?.command ?? [],
      merge: batch.merge.containerOverrides?.command ?? [],
    },
    Kubernetes: {
      plan: argsOf('tablesync-plan'),
      shard: argsOf('tablesync-shards'),
      merge: argsOf('tablesync-merge'),
    },
    'Step Functions': {
      plan: commands[0] ?? [],
      shard: commands[1] ?? [],
      merge: commands.at(-1) ?? [],
    },
    Slurm: await runSlurm(t),
  }
  for (const [scheduler, { plan, shard, merge }] of Object.entries(schedulers)) {
    t.test(scheduler, async (t) => {
      t.equal(plan[0], 'shard-plan')
      t.equal(flagValue(plan, '--shards'), `${SHARDS}`)
      t.equal(flagValue(plan, '--at-once'), `${AT_ONCE}`)
      t.equal(flagValue(plan, '--master'), 'us-east-1:Orders')
      t.equal(flagValue(plan, '--replica'), 'eu-west-1:Orders')
      const dir = flagValue(plan, '--out')
      if (scheduler !== 'Slurm') t.equal(dir, DIR)
      t.same(shard.slice(0, 2), ['shard', dir])
      t.same(merge.slice(0, 2), ['merge', dir])
      // What the merge writes lies beside the folder of the run, not in it.
      t.equal(flagValue(merge, '--report'), `${dir}-report.ndjson`)
      t.equal(flagValue(merge, '--html'), `${dir}.html`)
      t.test('tablesync takes them', async (t) => {
        for (const words of [plan, shard, merge]) {
          t.doesNotThrow(() => parseArgv([...words], '0.0.0'), words.join(' '))
        }
      })
    })
  }
})

t.test('the page names each file, and none that does not exist', async (t) => {
  const page = textOf('README.md')
  const files = readdirSync(folder).filter((file) => file !== 'README.md')
  for (const file of files) t.ok(page.includes(file), file)
  for (const [name] of page.matchAll(/\b[\w-]+\.(?:json|yaml|sh)\b/g)) {
    t.ok(name === 'run.json' || files.includes(name), name)
  }
  for (const [, to = ''] of page.matchAll(/\]\(([^)#]*)/g)) t.ok(existsSync(join(folder, to)), to)
})
