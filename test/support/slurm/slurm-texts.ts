/** The settings that slurm.ts gives to Slurm, and the records that it gets back. */
import type { SlurmHost } from './slurm-host.ts'

/** More than the machine has, so that eight tasks of an array run at once. */
const CPUS = 8

/** A task in another state may run yet, or is being cleared away. */
const ENDED =
  /^(BOOT_FAIL|CANCELLED|COMPLETED|DEADLINE|FAILED|NODE_FAIL|OUT_OF_MEMORY|PREEMPTED|TIMEOUT)$/

export interface SlurmTask {
  /** Undefined: the job is no array. */
  readonly task: number | undefined
  /** As Slurm spells it: `COMPLETED`, `FAILED`, `CANCELLED`. */
  readonly state: string
  /** As a shell counts it: 128 more than the signal that ended the task. */
  readonly exitCode: number
}

/** `slurm.conf`. Names come with their addresses, as not every machine can resolve its own. */
export function slurmSettings(
  folder: string,
  { name, address }: SlurmHost,
  [controllerPort, nodePort]: readonly [number, number],
): string {
  const user = process.getuid?.()
  const settings = [
    'ClusterName=test',
    `SlurmctldHost=${name}(${address})`,
    `SlurmctldPort=${controllerPort}`,
    `SlurmdPort=${nodePort}`,
    'CommunicationParameters=NoCtldInAddrAny,NoInAddrAny',
    `SlurmUser=${user}`,
    `SlurmdUser=${user}`,
    `StateSaveLocation=${folder}/state`,
    `SlurmdSpoolDir=${folder}/spool`,
    `SlurmctldPidFile=${folder}/slurmctld.pid`,
    `SlurmdPidFile=${folder}/slurmd.pid`,
    `SlurmctldLogFile=${folder}/slurmctld.log`,
    `SlurmdLogFile=${folder}/slurmd.log`,
    'AuthType=auth/none',
    'CredType=cred/none',
    'ProctrackType=proctrack/linuxproc',
    'TaskPlugin=task/none',
    'MailProg=/bin/true',
    'SelectType=select/cons_tres',
    'SelectTypeParameters=CR_CPU',
    // Without accounting, Slurm 23.11 starts jobs only where it looks for gaps to fill.
    'SchedulerType=sched/backfill',
    'SchedulerParameters=batch_sched_delay=0,sched_interval=1,bf_interval=1',
    // Seconds that ended jobs stay visible.
    'MinJobAge=86400',
    'SlurmdParameters=config_overrides',
    `NodeName=localhost NodeHostname=${name} NodeAddr=${address} CPUs=${CPUS}`,
    'PartitionName=test Nodes=localhost Default=YES',
  ]
  return `${settings.join('\n')}\n`
}

/** `cgroup.conf`. No job has one, but slurmd ends where version 2 has no place for it. */
export const SLURM_CGROUPS = 'CgroupPlugin=cgroup/v1\n'

/** Whether it will not run any more. */
export function isOver({ state }: SlurmTask): boolean {
  return ENDED.test(state)
}

/** Tasks that never started share one record: `ArrayTaskId=0-4:2,7%3`. */
export function tasksOf(record: string): SlurmTask[] {
  const value = (name: string) => new RegExp(`(?:^| )${name}=(\\S+)`).exec(record)?.[1] ?? ''
  const [code = 0, signal = 0] = value('ExitCode').split(':').map(Number)
  const end = { state: value('JobState'), exitCode: signal === 0 ? code : 128 + signal }
  const list = value('ArrayTaskId').replace(/%.*/, '')
  if (list === '') return [{ task: undefined, ...end }]
  const ranges = list.matchAll(/(\d+)(?:-(\d+))?(?::(\d+))?/g)
  return [...ranges].flatMap(([, from, to = from, step = '1']) => {
    const tasks: SlurmTask[] = []
    for (let task = Number(from); task <= Number(to); task += Number(step)) {
      tasks.push({ task, ...end })
    }
    return tasks
  })
}
