/** The rule that a top-level attribute has of its own. */
import type { MaskRule, PathRule } from '../model/items/masks.ts'
import { inside, ruleAt, ruleTree } from './rule-tree.ts'

/** Undefined: none covers it. */
export const ruleOfAttribute = (rules: readonly PathRule[], name: string): MaskRule | undefined =>
  ruleAt(inside([ruleTree(rules)], name))
