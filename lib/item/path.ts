/** A place inside an item, as text. */

/** A name of an attribute or in a map, or an index of a list. */
export type PathStep = string | number

/** All elements of a list, which paths of options may name. */
export const EACH = Symbol('[*]')

export type PlaceStep = PathStep | typeof EACH

/** No dot, bracket, quote, comma or backslash, no blank, and nothing that a terminal hides. */
const PLAIN = String.raw`[^.\[\]",\\\s\p{C}]+`
const QUOTED = String.raw`"(?:[^"\\]|\\.)*"`
const NAME = `(?:${PLAIN}|${QUOTED})`
const PLAIN_NAME = new RegExp(`^${PLAIN}$`, 'u')
const FIRST_NAME = new RegExp(`^${NAME}`, 'u')
const NAMES = new RegExp(`^${NAME}(?:\\.${NAME})*`, 'u')
const INDEX = String.raw`\[(?:0|[1-9]\d*|\*)\]`
const PATH = new RegExp(`^${NAME}(?:\\.${NAME}|${INDEX})*$`, 'u')

export function pathText(steps: readonly PlaceStep[]): string {
  const parts = steps.map((step, at) => {
    if (step === EACH) return '[*]'
    if (typeof step === 'number') return `[${step}]`
    const name = PLAIN_NAME.test(step) ? step : JSON.stringify(step)
    return at === 0 ? name : `.${name}`
  })
  return parts.join('')
}

/** Whether text is spelt like a path. */
export const isPath = (text: string): boolean => stepsOf(text)?.includes(EACH) === false

const STEPS = new RegExp(`${QUOTED}|${INDEX}|${PLAIN}`, 'gu')

/** The steps of a path, in which `[*]` may stand for all elements. Undefined: it is badly spelt. */
export function stepsOf(path: string): PlaceStep[] | undefined {
  if (!PATH.test(path)) return undefined
  try {
    const steps = [...path.matchAll(STEPS)].map(([step]) => stepOf(step))
    const isExact = steps.every((step) => typeof step !== 'number' || Number.isSafeInteger(step))
    return isExact ? steps : undefined
  } catch (error) {
    // A quoted name has an escape that JSON does not know.
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

function stepOf(step: string): PlaceStep {
  if (step.startsWith('"')) return JSON.parse(step) as string
  if (step === '[*]') return EACH
  return step.startsWith('[') ? Number(step.slice(1, -1)) : step
}

/** The one spelling of a path: names are quoted only where they have to be. */
export const canonicalPath = (path: string): string => pathText(stepsOf(path) ?? [path])

/** Whether a path is at the place of another, or inside it. */
export const isWithin = (path: string, place: string): boolean =>
  path === place || path.startsWith(`${place}.`) || path.startsWith(`${place}[`)

/** The attribute that a path begins with, spelt as a path. */
export const attributeOf = (path: string): string => FIRST_NAME.exec(path)?.[0] ?? path

/** A path up to the first list in it. */
export const placeOf = (path: string): string => NAMES.exec(path)?.[0] ?? path
