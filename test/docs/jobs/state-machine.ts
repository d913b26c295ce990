/**
 * Runs a state machine of Step Functions, as far as docs/jobs/step-functions.json needs it: in
 * JSONata, and with a task of ECS as the only thing that happens. Nothing waits.
 */
import jsonata from 'jsonata'

interface Catcher {
  readonly Assign?: unknown
  readonly Output?: unknown
  readonly Next: string
}

export interface State {
  readonly Type: 'Pass' | 'Task' | 'Map' | 'Choice' | 'Wait' | 'Succeed' | 'Fail'
  readonly Next?: string
  readonly Assign?: unknown
  readonly Output?: unknown
  readonly Resource?: string
  readonly Arguments?: unknown
  readonly Catch?: readonly Catcher[]
  readonly Choices?: readonly { readonly Condition: string; readonly Next: string }[]
  readonly Default?: string
  readonly Items?: unknown
  readonly MaxConcurrency?: unknown
  readonly ToleratedFailurePercentage?: number
  readonly ItemSelector?: unknown
  readonly ItemProcessor?: StateMachine
  readonly Error?: unknown
  readonly Cause?: unknown
}

export interface StateMachine {
  readonly StartAt: string
  readonly States: { readonly [name: string]: State }
}

/** What `ecs:runTask.sync` is called with. */
export interface RunTask {
  readonly Overrides: { readonly ContainerOverrides: readonly [{ readonly Command: string[] }] }
}

/** A failed task is described in `cause`. */
export type TaskEnd = undefined | { readonly error: string; readonly cause?: string }

export interface Ended {
  readonly output?: unknown
  readonly error?: string
  readonly cause?: string
}

const RUN_TASK = 'arn:aws:states:::ecs:runTask.sync'

type Variables = { [name: string]: unknown }

export async function runStateMachine(
  { StartAt, States }: StateMachine,
  runTask: (task: RunTask) => TaskEnd,
  input: unknown = {},
): Promise<Ended> {
  // A distributed map sees no variables of the states around it: each machine has its own.
  const variables: Variables = {}
  let given = input
  for (let name: string | undefined = StartAt; name !== undefined; ) {
    const state: State | undefined = States[name]
    if (state === undefined) throw new Error(`no state ${name}`)
    const evaluate = (template: unknown, more: Variables = {}) =>
      evaluated(template, { ...variables, states: { input: given, ...more } })
    if (state.Type === 'Fail') {
      const [error, cause] = [await evaluate(state.Error), await evaluate(state.Cause)]
      return { error: String(error), cause: String(cause) }
    }
    let to: string | undefined = state.Next
    let result: unknown = given
    let { Assign, Output } = state
    let more: Variables = {}
    if (state.Type === 'Task') {
      if (state.Resource !== RUN_TASK) throw new Error(`a task of another kind: ${name}`)
      const end = runTask((await evaluate(state.Arguments)) as RunTask)
      const caught: Catcher | undefined = state.Catch?.[0]
      if (end !== undefined) {
        if (caught === undefined) return end
        to = caught.Next
        Assign = caught.Assign
        Output = caught.Output
        const { error, cause } = end
        result = { Error: error, ...(cause === undefined ? {} : { Cause: cause }) }
        more = { errorOutput: result }
      }
    } else if (state.Type === 'Map') {
      const outputs: unknown[] = []
      for (const item of (await evaluate(state.Items)) as unknown[]) {
        const selected = await evaluate(state.ItemSelector, {
          context: { Map: { Item: { Value: item } } },
        })
        const inner = state.ItemProcessor as StateMachine
        const ended = await runStateMachine(inner, runTask, selected)
        if (ended.error !== undefined && state.ToleratedFailurePercentage !== 100) return ended
        if (ended.error === undefined) outputs.push(ended.output)
      }
      result = outputs
    } else if (state.Type === 'Choice') {
      to = state.Default
      for (const { Condition, Next } of state.Choices ?? []) {
        if ((await evaluate(Condition)) !== true) continue
        to = Next
        break
      }
    }
    const assigned = (await evaluate(Assign ?? {}, more)) as Variables
    given = Output === undefined ? result : await evaluate(Output, more)
    Object.assign(variables, assigned)
    name = to
  }
  return { output: given }
}

/** The template with the value of each expression in it. One without a value is an error. */
async function evaluated(template: unknown, variables: Variables): Promise<unknown> {
  if (Array.isArray(template)) {
    return Promise.all(template.map((each) => evaluated(each, variables)))
  }
  if (typeof template === 'object' && template !== null) {
    const entries = Object.entries(template)
    const values = await Promise.all(entries.map(([, value]) => evaluated(value, variables)))
    return Object.fromEntries(entries.map(([name], at) => [name, values[at]]))
  }
  const [, text] = /^\{%(.*)%\}$/s.exec(String(template)) ?? []
  if (typeof template !== 'string' || text === undefined) return template
  const expression = jsonata(text)
  expression.registerFunction('parse', (json: string) => JSON.parse(json))
  const value = await expression.evaluate({}, variables)
  if (value === undefined) throw new Error(`no value: ${template}`)
  return JSON.parse(JSON.stringify(value))
}
