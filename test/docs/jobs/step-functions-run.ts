/** docs/jobs/step-functions.json, run with tasks that end as a test says. */
import { stateMachine } from './job-files.ts'
import { type RunTask, runStateMachine, type TaskEnd } from './state-machine.ts'

/** The tasks that were run, their commands, and how the execution ended. */
export async function runTasks(ends: (command: readonly string[]) => TaskEnd = () => undefined) {
  const tasks: RunTask[] = []
  const ended = await runStateMachine(stateMachine, (task) => {
    tasks.push(task)
    return ends(commandOf(task))
  })
  return { tasks, commands: tasks.map(commandOf), ended }
}

const commandOf = ({ Overrides }: RunTask) => Overrides.ContainerOverrides[0].Command

/** As Step Functions tells of a task that has ended: its description is the cause. */
export const taskFailed = (exitCode?: number): TaskEnd => ({
  error: 'States.TaskFailed',
  cause: JSON.stringify({
    Containers: [
      {
        ...(exitCode === undefined ? {} : { ExitCode: exitCode }),
        LastStatus: 'STOPPED',
        Name: 'tablesync',
      },
    ],
    LastStatus: 'STOPPED',
    StopCode: exitCode === undefined ? 'TaskFailedToStart' : 'EssentialContainerExited',
  }),
})
