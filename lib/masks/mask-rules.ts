/** The rules of a masks file, read from its JSON text. */
import { type TablesyncError, usageError } from '../errors.ts'
import { pathText, stepsOf } from '../item/path.ts'
import type { MaskRule, PathRule } from '../model/items/masks.ts'
import { nearest } from '../options/nearest.ts'
import { isJsonObject, jsonObjectOf } from '../options/values/json-object.ts'
import { shown } from '../options/values/quoted-value.ts'

const RULES = ['keep', 'drop', 'hash', 'email', 'name', 'digits', 'last4'] as const

/** Those that need a key. */
const KEYED: readonly MaskRule[] = ['hash', 'email', 'name', 'digits']

export const needsKey = (rules: readonly PathRule[]) =>
  rules.some(({ rule }) => KEYED.includes(rule))

/** @throws TablesyncError with code `USAGE` */
export function maskRulesIn(text: string, file: string): readonly PathRule[] {
  const content = jsonObjectOf(text.replace(/^\uFEFF/, ''))
  const rules = content?.['rules']
  const others = Object.keys(content ?? {}).filter((name) => name !== 'rules')
  if (!isJsonObject(rules) || others.length > 0 || Object.keys(rules).length === 0) {
    throw usageError(
      `Expected ${file} to be JSON like {"rules": {"email": "email", "*": "drop"}}`,
      'docs/masks.md has an example.',
    )
  }
  const read = Object.entries(rules).map(([path, rule]) => ({
    path: pathOf(path),
    rule: ruleOf(rule, path),
  }))
  const twice = read.find(({ path }, at) => read.findIndex((one) => one.path === path) !== at)
  if (twice === undefined) return read
  throw usageError(
    `Expected one rule for each path, got two for ${twice.path} in ${file}`,
    'Remove one of them.',
  )
}

function pathOf(given: string): string {
  const steps = stepsOf(given)
  if (steps !== undefined) return pathText(steps)
  const quoted = JSON.stringify(given)
  throw usageError(
    `Expected a path like profile.name or tags[*].id, got ${shown(given)}`,
    stepsOf(quoted) === undefined || /[.[\]]/.test(given)
      ? 'Names are joined by dots; other names are quoted: "a b".c'
      : `Is the name ${shown(given)} meant? In the file, write ${JSON.stringify(quoted)}.`,
  )
}

function ruleOf(given: unknown, path: string): MaskRule {
  const known = RULES.find((rule) => rule === given)
  if (known !== undefined) return known
  if (isJsonObject(given) && Object.keys(given).join() === 'fixed') {
    const { fixed } = given
    if (typeof fixed === 'string' || typeof fixed === 'boolean') return { fixed }
    const isExact =
      typeof fixed === 'number' && (Number.isSafeInteger(fixed) || !Number.isInteger(fixed))
    if (isExact && Number.isFinite(fixed)) return { fixed: { number: String(fixed) } }
  }
  throw unknownRule(given, path)
}

function unknownRule(given: unknown, path: string): TablesyncError {
  const alike = typeof given === 'string' ? nearest(given, RULES) : undefined
  const got = typeof given === 'string' ? shown(given) : 'something else'
  return usageError(
    `Expected a rule for ${path}, got ${got}`,
    alike === undefined
      ? `The rules are ${RULES.join(', ')} and {"fixed": a text, number or boolean}.`
      : `Is ${JSON.stringify(alike)} meant?`,
  )
}
