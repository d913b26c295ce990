/** The JSON Schema of a file of options, for editors: made from the options themselves. */
import { ALL_OPTIONS } from '../options/groups/all-options.ts'
import type { Option } from '../options/option.ts'
import { COMPARED_OPTIONS } from '../options/pair-options.ts'
import { configFields } from './config-fields.ts'

type Schema = Readonly<Record<string, unknown>>

const OF_OPTION: { readonly [kind in Option['kind']]: (option: Option) => Schema } = {
  switch: () => ({ type: 'boolean' }),
  text: () => ({ type: 'string', minLength: 1 }),
  texts: () => ({ type: 'array', items: { type: 'string', minLength: 1 } }),
  url: () => ({ type: 'string', pattern: '^https?://' }),
  duration: () => ({ type: 'string', pattern: '^\\d+(\\.\\d+)?[smh]?$' }),
  amount: () => ({ type: ['number', 'string'] }),
  key: () => ({ type: ['object', 'string'] }),
  whole: (option) => ({ type: 'integer', ...rangeOf(option) }),
  number: (option) => ({ type: 'number', ...rangeOf(option) }),
  choice: (option) => ({ enum: 'choices' in option ? option.choices : [] }),
}

const rangeOf = (option: Option): Schema =>
  'least' in option ? { minimum: option.least, maximum: option.most } : {}

function schemaOf(name: string): Schema {
  if (name === 'master') return TABLE
  if (name === 'replicas') return { type: 'array', items: TABLE, minItems: 1 }
  const option = ALL_OPTIONS[name] as Option
  return { description: option.help, ...OF_OPTION[option.kind](option) }
}

const text = { type: 'string', minLength: 1 }

const TABLE: Schema = {
  description: 'A table, as <region>:<table> or ARN. In pairs, * stands for any text',
  anyOf: [
    text,
    {
      type: 'object',
      properties: { table: text, endpoint: text, profile: text, roleArn: text, mfaSerial: text },
      required: ['table'],
      additionalProperties: false,
    },
  ],
}

/** Secrets stay out of files. */
const isSecret = (name: string) => (ALL_OPTIONS[name] as { secret?: true } | undefined)?.secret

const properties = (names: Iterable<string>): Record<string, Schema> =>
  Object.fromEntries(
    [...names].filter((name) => !isSecret(name)).map((name) => [name, schemaOf(name)]),
  )

const total = { type: 'integer', minimum: 0 }

export function configSchema(): Schema {
  const pair = {
    type: 'object',
    properties: {
      name: { type: 'string', description: 'How results and files name the pair' },
      master: TABLE,
      replica: TABLE,
      replicas: schemaOf('replicas'),
      ...properties(COMPARED_OPTIONS.keys()),
    },
    required: ['master'],
    oneOf: [{ required: ['replica'] }, { required: ['replicas'] }],
    additionalProperties: false,
  }
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Options of tablesync',
    type: 'object',
    properties: {
      $schema: { type: 'string' },
      ...properties(configFields()),
      pairs: { type: 'array', items: pair, minItems: 1 },
      limits: {
        description: 'Totals of all pairs together',
        type: 'object',
        properties: { maxWrites: total, maxDeletes: total, maxReadUnits: total },
        additionalProperties: false,
      },
    },
    additionalProperties: false,
  }
}
