/** Kubernetes repeats the pods that it helps to repeat, and takes the fields together. */
import { t } from '../../support/tap.ts'
import { AT_ONCE, FINAL, kubernetes, kubernetesJob, SHARDS, textOf } from './job-files.ts'
import { afterPodFailure } from './scheduler-rules.ts'

const shards = kubernetesJob('tablesync-shards')
const { spec } = shards

t.test('there is one index for each shard', async (t) => {
  t.equal(spec?.completionMode, 'Indexed')
  t.equal(spec?.completions, SHARDS)
  t.equal(spec?.parallelism, AT_ONCE)
})

t.test('a pod is repeated only where that helps', async (t) => {
  const codes = Array.from({ length: 255 }, (_, before) => before + 1)
  const after = (action: string) =>
    codes.filter((exitCode) => afterPodFailure(shards, { exitCode }) === action)
  t.same(after('FailIndex'), FINAL)
  t.equal(after('Count').length, codes.length - FINAL.length)
  for (const exitCode of [137, 143]) {
    const pod = { exitCode, conditions: ['DisruptionTarget'] }
    t.equal(afterPodFailure(shards, pod), 'Ignore', `${exitCode}`)
  }
  t.ok((spec?.backoffLimitPerIndex ?? 0) > 0)
  // Without it, and with a limit per index, there is no limit over all shards together.
  t.equal(spec?.backoffLimit, undefined)
  for (const name of ['tablesync-plan', 'tablesync-merge']) {
    t.equal(kubernetesJob(name).spec?.backoffLimit, 0, name)
  }
})

t.test('the API server takes the rules', async (t) => {
  // As its `validateJobSpec` and `validatePodFailurePolicy` have it.
  t.equal(spec?.podReplacementPolicy, 'Failed')
  t.equal(spec?.template.spec?.restartPolicy, 'Never')
  const rules = spec?.podFailurePolicy?.rules ?? []
  t.ok(rules.length > 0 && rules.length <= 20)
  const names = spec?.template.spec?.containers.map(({ name }) => name) ?? []
  for (const { action, onExitCodes, onPodConditions } of rules) {
    t.ok(['Count', 'FailIndex', 'FailJob', 'Ignore'].includes(action), action)
    t.not(onExitCodes === undefined, onPodConditions === undefined)
    for (const { status } of onPodConditions ?? []) t.equal(status, 'True')
    if (onExitCodes === undefined) continue
    t.ok(names.includes(onExitCodes.containerName ?? ''))
    t.same(
      onExitCodes.values,
      [...new Set(onExitCodes.values)].sort((a, b) => a - b),
    )
    t.notOk(onExitCodes.operator === 'In' && onExitCodes.values.includes(0))
  }
})

t.test('the pods are alike, and the jobs wait for each other', async (t) => {
  const jobs = ['tablesync-plan', 'tablesync-shards', 'tablesync-merge'].map(kubernetesJob)
  t.same(
    jobs.map((job) => job.spec?.suspend ?? false),
    [false, true, true],
  )
  const pods = jobs.map((job) => ({
    ...job.spec?.template.spec,
    containers: job.spec?.template.spec?.containers.map(({ args, ...rest }) => rest),
  }))
  const [pod] = pods
  for (const each of pods) t.same(each, pod)
  t.equal(pod?.terminationGracePeriodSeconds, 30)
  // The kubelet cannot tell that `USER node` of the image is not root: it has to be a number.
  t.match(pod?.securityContext, { runAsNonRoot: true, runAsUser: 1000 })
})

t.test('the pods find the volume and the account', async (t) => {
  const pod = spec?.template.spec
  const [claim, account] = kubernetes
  t.match(claim, { kind: 'PersistentVolumeClaim', spec: { accessModes: ['ReadWriteMany'] } })
  t.equal(pod?.volumes?.[0]?.persistentVolumeClaim?.claimName, claim?.metadata.name)
  t.same(pod?.containers[0]?.volumeMounts, [
    { name: pod?.volumes?.[0]?.name, mountPath: '/shared' },
  ])
  t.match(account, { kind: 'ServiceAccount' })
  t.equal(pod?.serviceAccountName, account?.metadata.name)
})

t.test('what has to be replaced is marked, and written once', async (t) => {
  const marked = textOf('kubernetes.yaml').match(/^.*# replace$/gm) ?? []
  t.equal(marked.length, 5)
  for (const line of marked) {
    const [, value = ''] = /(\S+) # replace$/.exec(line) ?? []
    t.equal(textOf('kubernetes.yaml').split(value).length, 2, value)
  }
})
