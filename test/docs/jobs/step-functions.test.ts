/** The state machine for Step Functions is valid, and repeats the shards that it helps to repeat. */
import { createRequire } from 'node:module'
import { t } from '../../support/tap.ts'
import { DIR, FINAL, SHARDS, stateMachine, WORTH_ANOTHER } from './job-files.ts'
import { runStateMachine, type StateMachine, type TaskEnd } from './state-machine.ts'
import { runTasks, taskFailed } from './step-functions-run.ts'

t.test('it is valid', async (t) => {
  const validate = createRequire(import.meta.url)('asl-validator') as (definition: unknown) => {
    readonly isValid: boolean
    readonly errorsText: () => string
  }
  // It writes into what it is given.
  const { isValid, errorsText } = validate(structuredClone(stateMachine))
  t.equal(errorsText(), '')
  t.ok(isValid)
  t.notOk(validate({ ...structuredClone(stateMachine), StartAt: 'nowhere' }).isValid)
})

t.test('it plans, runs each shard once, and merges', async (t) => {
  const { commands, ended } = await runTasks()
  const words = commands.map((command) => command.join(' '))
  t.match(words.shift(), /^shard-plan /)
  t.match(words.pop(), /^merge /)
  t.same(
    words,
    Array.from({ length: SHARDS }, (_, index) => `shard ${DIR} --shard-index ${index}`),
  )
  t.same(ended, { output: { outcome: 'in-sync' } })
  // An express workflow cannot wait for a task.
  t.match(stateMachine.States['Shards'], {
    Type: 'Map',
    ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' } },
  })
})

/** Shard 7 ends like this the first so many times; all others succeed. */
async function withShard7(end: TaskEnd, times = Number.POSITIVE_INFINITY) {
  let attempts = 0
  const { commands } = await runTasks((command) => {
    if (command.at(-1) !== '7') return undefined
    attempts++
    return attempts <= times ? end : undefined
  })
  return { attempts, merges: commands.filter(([name]) => name === 'merge').length }
}

t.test('a shard is repeated only where that helps, and does not stop the others', async (t) => {
  for (const exitCode of FINAL) {
    t.same(await withShard7(taskFailed(exitCode)), { attempts: 1, merges: 1 }, `${exitCode}`)
  }
  const failures: [string, TaskEnd][] = [
    ...WORTH_ANOTHER.map((code): [string, TaskEnd] => [`${code}`, taskFailed(code)]),
    ['it did not start', taskFailed()],
    ['no capacity', { error: 'AmazonECS.Unknown', cause: 'Capacity is unavailable' }],
    ['no cause', { error: 'States.Timeout' }],
  ]
  for (const [name, failure] of failures) {
    t.same(await withShard7(failure, 2), { attempts: 3, merges: 1 }, name)
    t.same(await withShard7(failure), { attempts: 5, merges: 1 }, name)
  }
})

t.test('a shard that failed says how', async (t) => {
  const shard = stateMachine.States['Shards']?.ItemProcessor as StateMachine
  const input = { index: 7, attempts: 5, dir: DIR, ecs: { subnets: [], securityGroups: [] } }
  const ecs = { ...input.ecs, cluster: 'cluster', taskDefinition: 'task' }
  const ended = (end: TaskEnd) => runStateMachine(shard, () => end, { ...input, ecs })
  t.same(await ended(taskFailed(4)), {
    error: 'ExitCode4',
    cause: 'Shard 7 failed after 1 of 5 attempts.',
  })
  t.same(await ended(taskFailed()), {
    error: 'States.TaskFailed',
    cause: 'Shard 7 failed after 5 of 5 attempts.',
  })
})

t.test('a merge that finds differences is no failure', async (t) => {
  const merging = async (end: TaskEnd) =>
    (await runTasks(([name]) => (name === 'merge' ? end : undefined))).ended
  t.same(await merging(taskFailed(1)), { output: { outcome: 'different' } })
  for (const exitCode of [2, 3, 4, 137]) {
    t.match(await merging(taskFailed(exitCode)), { error: `ExitCode${exitCode}` })
  }
  t.match(await merging(taskFailed()), { error: 'States.TaskFailed' })
})

t.test('without a plan, no shard runs', async (t) => {
  const { tasks, ended } = await runTasks(() => taskFailed(2))
  t.equal(tasks.length, 1)
  t.match(ended, { error: 'States.TaskFailed' })
})

t.test('one subnet stays a list', async (t) => {
  const machine = structuredClone(stateMachine)
  const { ecs } = Object(machine.States['Settings']).Assign
  ecs.subnets.length = 1
  await runStateMachine(machine, (task) => {
    const { AwsvpcConfiguration: network } = Object(task).NetworkConfiguration
    t.same(network.Subnets, ecs.subnets)
    t.same(network.SecurityGroups, ecs.securityGroups)
    return undefined
  })
})
