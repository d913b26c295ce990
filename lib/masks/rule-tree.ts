/** Rules as a tree of steps, and which of them wins at a place: the most specific one. */
import { EACH, type PathStep, type PlaceStep, stepsOf } from '../item/path.ts'
import type { MaskRule, PathRule } from '../model/items/masks.ts'

/** The name that stands for any name. */
export const ANY_NAME = '*'

export interface RuleNode {
  /** Undefined: only places inside have rules. */
  rule: MaskRule | undefined
  readonly names: Map<string, RuleNode>
  readonly elements: Map<number, RuleNode>
  any: RuleNode | undefined
  each: RuleNode | undefined
}

const newNode = (): RuleNode => ({
  rule: undefined,
  names: new Map(),
  elements: new Map(),
  any: undefined,
  each: undefined,
})

export function ruleTree(rules: readonly PathRule[]): RuleNode {
  const root = newNode()
  for (const { path, rule } of rules) {
    const steps = stepsOf(path)
    if (steps === undefined) throw new Error(`not a path: ${path}`)
    steps.reduce(grown, root).rule = rule
  }
  return root
}

function grown(node: RuleNode, step: PlaceStep): RuleNode {
  if (step === EACH) {
    node.each ??= newNode()
    return node.each
  }
  if (step === ANY_NAME) {
    node.any ??= newNode()
    return node.any
  }
  const branches = (typeof step === 'number' ? node.elements : node.names) as Map<
    PathStep,
    RuleNode
  >
  const next = branches.get(step) ?? newNode()
  branches.set(step, next)
  return next
}

/** Nodes whose paths lead to one place, the most specific first. */
export type Leading = readonly RuleNode[]

export const inside = (leading: Leading, step: PathStep): Leading =>
  leading.flatMap((node) =>
    (typeof step === 'number'
      ? [node.elements.get(step), node.each]
      : [node.names.get(step), node.any]
    ).filter((next) => next !== undefined),
  )

export const ruleAt = (leading: Leading): MaskRule | undefined =>
  leading.find(({ rule }) => rule !== undefined)?.rule

/** Whether rules name places inside a map, or inside a list. */
export const namesInside = (leading: Leading, type: 'M' | 'L'): boolean =>
  leading.some((node) =>
    type === 'M'
      ? node.names.size > 0 || node.any !== undefined
      : node.elements.size > 0 || node.each !== undefined,
  )
