/** Words of aws commands about one table. */

/** The table that a command is about, and how the aws command reaches it. */
export interface CommandTarget {
  readonly name: string
  readonly region: string
  /** Null: it is not known yet. */
  readonly arn: string | null
  readonly endpoint?: string | undefined
  readonly profile?: string | undefined
}

type Words = Readonly<Record<string, string | boolean | object>>

export function aboutTable(operation: string, target: CommandTarget, more: Words = {}): string[] {
  return command(['dynamodb', operation], target, { 'table-name': target.name, ...more })
}

/** Of operations that name the table by its ARN. */
export function aboutArn(operation: string, target: CommandTarget, more: Words = {}): string[] {
  const resource = target.arn ?? `ARN-OF-${target.name}`
  return command(['dynamodb', operation], target, { 'resource-arn': resource, ...more })
}

/** Autoscaling is a service of its own. */
export function aboutScaling(target: CommandTarget): string[] {
  // An endpoint of DynamoDB is none of Application Auto Scaling.
  const { endpoint: _, ...there } = target
  return command(['application-autoscaling', 'describe-scalable-targets'], there, {
    'service-namespace': 'dynamodb',
    'resource-ids': `table/${target.name}`,
  })
}

function command(
  words: readonly string[],
  { region, endpoint, profile }: CommandTarget,
  flags: Words,
): string[] {
  const all: Words = {
    ...flags,
    region,
    ...(endpoint !== undefined && { 'endpoint-url': endpoint }),
    ...(profile !== undefined && { profile }),
  }
  return [
    'aws',
    ...words,
    ...Object.entries(all).flatMap(([name, value]) =>
      value === true ? [`--${name}`] : [`--${name}`, asWord(value)],
    ),
  ]
}

const asWord = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value))
