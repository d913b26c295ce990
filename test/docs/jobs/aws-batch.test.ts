/** AWS Batch repeats what helps, and Fargate and EFS take what they are given. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { t } from '../../support/tap.ts'
import { root } from '../pages.ts'
import { batch, FINAL, SHARDS, taskDefinition, WORTH_ANOTHER } from './job-files.ts'
import { afterFailure } from './scheduler-rules.ts'

const { definition, plan, array, merge } = batch
const { containerProperties: container, retryStrategy = {}, timeout } = definition

t.test('the array has a child for each shard, and each step waits', async (t) => {
  t.equal(array.arrayProperties?.size, SHARDS)
  t.equal(plan.dependsOn, undefined)
  for (const { dependsOn, jobName } of [array, merge]) {
    // A type would be of children that wait for each other.
    t.same(Object.keys(dependsOn?.[0] ?? {}), ['jobId'], `${jobName}`)
  }
  for (const { jobDefinition } of [plan, array, merge]) {
    t.equal(jobDefinition, definition.jobDefinitionName)
  }
})

t.test('an attempt is repeated only where that helps', async (t) => {
  for (const exitCode of [0, ...FINAL]) {
    t.equal(afterFailure(retryStrategy, { exitCode }), 'EXIT', `${exitCode}`)
  }
  // Those that begin like a code that is not repeated must not be taken for it.
  for (const exitCode of [...WORTH_ANOTHER, 1, 20, 24, 40, 42, 129, 134, 139, 255]) {
    const failure = { exitCode, reason: 'OutOfMemoryError: Container killed' }
    t.equal(afterFailure(retryStrategy, { exitCode }), 'RETRY', `${exitCode}`)
    t.equal(afterFailure(retryStrategy, failure), 'RETRY', `${exitCode} with a reason`)
  }
  const statusReason = 'Host EC2 (instance i-0123456789abcdef0) terminated.'
  t.equal(afterFailure(retryStrategy, { statusReason }), 'RETRY')
  t.equal(afterFailure(retryStrategy, {}), 'RETRY')
})

t.test('Batch takes the rules', async (t) => {
  const { attempts = 1, evaluateOnExit = [] } = retryStrategy
  t.ok(attempts > 1 && attempts <= 10)
  t.ok(evaluateOnExit.length <= 5)
  for (const { onExitCode = '', onReason = '', onStatusReason = '' } of evaluateOnExit) {
    t.match(onExitCode, /^\d*\*?$/)
    for (const pattern of [onReason, onStatusReason]) t.match(pattern, /^[\w.:\s]*\*?$/)
  }
  // The shards take those of the definition. Of a merge, exit code 1 is a result.
  t.equal(array.retryStrategy, undefined)
  t.same(merge.retryStrategy, { attempts: 1 })
  // An attempt that has reached it is not repeated, and Fargate ends what is older than 14 days.
  const seconds = timeout?.attemptDurationSeconds ?? 0
  t.ok(seconds >= 60 && seconds < 14 * 86_400)
})

t.test('Fargate takes the definitions of the job and of the task', async (t) => {
  t.same(definition.platformCapabilities, ['FARGATE'])
  t.same(taskDefinition.requiresCompatibilities, ['FARGATE'])
  const needed = (type: string) =>
    Number(container?.resourceRequirements?.find((each) => each.type === type)?.value)
  t.ok(isFargateSize(needed('VCPU'), needed('MEMORY')))
  t.ok(isFargateSize(Number(taskDefinition.cpu) / 1024, Number(taskDefinition.memory)))
  for (const name of ['privileged', 'ulimits', 'instanceType', 'vcpus', 'memory']) {
    t.notOk(name in (container ?? {}), `${name} is of EC2 alone`)
  }
  const { taskRoleArn, executionRoleArn } = taskDefinition
  t.same([container?.jobRoleArn, container?.executionRoleArn], [taskRoleArn, executionRoleArn])
  for (const arn of [taskRoleArn, executionRoleArn]) t.match(arn, /^arn:aws:iam::\d{12}:role\//)
})

t.test('both mount the folder, and run the image', async (t) => {
  const [task] = taskDefinition.containerDefinitions ?? []
  t.equal(container?.image, task?.image)
  t.same(container?.volumes, taskDefinition.volumes)
  t.same(container?.mountPoints, task?.mountPoints)
  const { name, efsVolumeConfiguration: efs } = container?.volumes?.[0] ?? {}
  t.same(container?.mountPoints, [{ sourceVolume: name, containerPath: '/shared' }])
  // The access point has the root directory, and IAM asks for TLS.
  t.ok(efs?.rootDirectory === undefined || efs.rootDirectory === '/')
  t.match(efs?.authorizationConfig, { accessPointId: /^fsap-/, iam: 'ENABLED' })
  t.equal(efs?.transitEncryption, 'ENABLED')
  // The image has an entry point, so a command is nothing but arguments of tablesync.
  t.match(readFileSync(join(root, 'Dockerfile'), 'utf8'), /^ENTRYPOINT \[.*cli\.js"\]$/m)
})

/** https://docs.aws.amazon.com/batch/latest/APIReference/API_ResourceRequirement.html */
function isFargateSize(vcpus: number, memory: number): boolean {
  const isIn = (from: number, to: number) => memory >= from && memory <= to && memory % 1024 === 0
  if (vcpus === 0.25) return memory === 512 || isIn(1024, 2048)
  if (vcpus === 0.5) return isIn(1024, 4096)
  if (vcpus === 1) return isIn(2048, 8192)
  if (vcpus === 2) return isIn(4096, 16_384)
  return vcpus === 4 && isIn(8192, 30_720)
}
