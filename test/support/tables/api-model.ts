/**
 * What the service's API model says of a request: member names, types, required members and enums,
 * as `@aws-sdk/client-dynamodb` carries them.
 */
import * as sdk from '@aws-sdk/client-dynamodb'
import type { Body } from './stub-terms.ts'

/** A schema of the SDK: a number for a simple type, or an array that begins with its kind. */
type Schema = number | readonly unknown[] | (() => Schema)

const STRUCTURE = 3
const UNION = 4
const LIST = 1
const MAP = 2
const OPERATION = 9
/** Bits of a number: a list or a map of a simple type. */
const LIST_OF = 64
const MAP_OF = 128
const SIMPLE: ReadonlyMap<number, string> = new Map([
  [0, 'string'],
  [1, 'number'],
  [2, 'boolean'],
  [4, 'number'],
  // A blob is base64 text in JSON.
  [21, 'string'],
])

const model = sdk as unknown as Readonly<Record<string, unknown>>

/** Members whose enum has another name. */
const ENUMS: Readonly<Record<string, string>> = { AttributeType: 'ScalarAttributeType' }

export const operations: readonly string[] = Object.entries(model)
  .filter(([name, value]) => name.endsWith('$') && Array.isArray(value) && value[0] === OPERATION)
  .map(([name]) => name.slice(0, -1))

/** What the service would refuse before it looks at anything else; empty: nothing. */
export function violationsOf(operation: string, body: Body): string[] {
  const schema = model[`${operation}$`]
  if (!Array.isArray(schema)) return [`no operation ${operation}`]
  return against(schema[4] as Schema, body, operation)
}

function against(given: Schema, value: unknown, path: string): string[] {
  const schema = (typeof given === 'function' ? given() : given) as number | readonly unknown[]
  if (typeof schema === 'number') return simple(schema, value, path)
  const kind = schema[0] as number
  if (kind === LIST) {
    if (!Array.isArray(value)) return [`${path} is no list`]
    return value.flatMap((one, at) => against(schema[4] as Schema, one, `${path}[${at}]`))
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return [`${path} is no object`]
  }
  const members = Object.entries(value)
  if (kind === MAP) {
    return members.flatMap(([name, one]) => against(schema[5] as Schema, one, `${path}.${name}`))
  }
  const [, , , , names, schemas, required = 0] = schema as readonly unknown[] as readonly [
    number,
    string,
    string,
    unknown,
    readonly string[],
    readonly Schema[],
    number?,
  ]
  if (kind === UNION) {
    if (members.length !== 1) return [`${path} has ${members.length} members of a union`]
  } else if (kind !== STRUCTURE) throw new Error(`unknown kind ${kind} of ${path}`)
  const lacking = names.slice(0, required).filter((name) => !Object.hasOwn(value, name))
  return [
    ...lacking.map((name) => `${path} lacks ${name}`),
    ...members.flatMap(([name, one]) => {
      const at = names.indexOf(name)
      if (at < 0) return [`${path} has an unknown member ${name}`]
      return [
        ...against(schemas[at] as Schema, one, `${path}.${name}`),
        ...choice(name, one, `${path}.${name}`),
      ]
    }),
  ]
}

function simple(schema: number, value: unknown, path: string): string[] {
  if (schema >= MAP_OF) {
    return Object.entries(value as object).flatMap(([name, one]) =>
      against(schema - MAP_OF, one, `${path}.${name}`),
    )
  }
  if (schema >= LIST_OF) {
    if (!Array.isArray(value)) return [`${path} is no list`]
    return value.flatMap((one, at) => against(schema - LIST_OF, one, `${path}[${at}]`))
  }
  const type = SIMPLE.get(schema)
  if (type === undefined) throw new Error(`unknown type ${schema} of ${path}`)
  return typeof value === type ? [] : [`${path} is no ${type}`]
}

/** The models do not tie members to enums; the SDK exports these under the member's name. */
function choice(member: string, value: unknown, path: string): string[] {
  const choices = model[ENUMS[member] ?? member]
  if (typeof choices !== 'object' || choices === null || Array.isArray(choices)) return []
  const all = Object.values(choices)
  return all.includes(value) ? [] : [`${path} is none of ${all.join(', ')}`]
}
