/** A place inside an item, as text. */

/** A name of an attribute or in a map, or an index of a list. */
export type PathStep = string | number

/** No dot, bracket, quote, comma or backslash, no blank, and nothing that a terminal hides. */
const PLAIN = String.raw`[^.\[\]",\\\s\p{C}]+`
const QUOTED = String.raw`"(?:[^"\\]|\\.)*"`
const NAME = `(?:${PLAIN}|${QUOTED})`
const PLAIN_NAME = new RegExp(`^${PLAIN}$`, 'u')
const FIRST_NAME = new RegExp(`^${NAME}`, 'u')
const NAMES = new RegExp(`^${NAME}(?:\\.${NAME})*`, 'u')
const PATH = new RegExp(`^${NAME}(?:\\.${NAME}|\\[(?:0|[1-9]\\d*)\\])*$`, 'u')

export function pathText(steps: readonly PathStep[]): string {
  const parts = steps.map((step, at) => {
    if (typeof step === 'number') return `[${step}]`
    const name = PLAIN_NAME.test(step) ? step : JSON.stringify(step)
    return at === 0 ? name : `.${name}`
  })
  return parts.join('')
}

/** Whether text is spelt like a path. */
export const isPath = (text: string): boolean => PATH.test(text)

const STEPS = new RegExp(`${QUOTED}|\\[\\d+\\]|${PLAIN}`, 'gu')

/** The one spelling of a path: names are quoted only where they have to be. */
export function canonicalPath(path: string): string {
  const steps = [...path.matchAll(STEPS)].map(([step]): PathStep => {
    if (step.startsWith('"')) return JSON.parse(step) as string
    return step.startsWith('[') ? Number(step.slice(1, -1)) : step
  })
  return pathText(steps)
}

/** Whether a path is at the place of another, or inside it. */
export const isWithin = (path: string, place: string): boolean =>
  path === place || path.startsWith(`${place}.`) || path.startsWith(`${place}[`)

/** The attribute that a path begins with, spelt as a path. */
export const attributeOf = (path: string): string => FIRST_NAME.exec(path)?.[0] ?? path

/** A path up to the first list in it. */
export const placeOf = (path: string): string => NAMES.exec(path)?.[0] ?? path
