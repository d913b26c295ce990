/** A table that was made under masks is tagged with them: a run under others, or none, is refused. */
import {
  DescribeTableCommand,
  ListTagsOfResourceCommand,
  ScanCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-dynamodb'
import { runCli } from '../support/command/run-cli.ts'
import { startDynalite } from '../support/tables/dynalite.ts'
import { noJava, startDynamoDBLocal } from '../support/tables/dynamodb-local.ts'
import { clientOf, freshName, makeTable } from '../support/tables/tables.ts'
import { t } from '../support/tap.ts'
import { fewOf } from '../support/thorough.ts'
import { masked } from './masked.ts'

const RULES = { id: 'keep', email: 'email' }
const WRITES = ['--write-missing', '--write-differing']
const MAKES = ['--create-replica', '--yes', '--expect-account', '000000000000', ...WRITES]
const CLEAR = 'someone@example.com'

for (const [name, skip, start, takesTags] of [
  ['dynalite', false, startDynalite, true],
  ['DynamoDB Local', noJava, startDynamoDBLocal, false],
] as const) {
  t.test(`on ${name}`, { skip }, async (t) => {
    const { endpoint, stop } = await start()
    t.teardown(stop)
    const client = clientOf(t, endpoint)
    const master = await makeTable(endpoint)
    await master.put([{ id: { S: 'a' }, email: { S: CLEAR } }])
    const copy = freshName()
    const { options } = await masked(t, RULES)
    const { options: others } = await masked(t, { ...RULES, email: 'hash' })
    const masks = ['--masks', options.masks, '--mask-key-file', options.maskKeyFile]
    const args = ['-m', master.label, '-r', `us-east-1:${copy}`, '--endpoint', endpoint]
    const made = await runCli([...args, ...masks, ...MAKES])
    t.equal(made.code, 0, made.stderr)
    const held = async () =>
      JSON.stringify((await client.send(new ScanCommand({ TableName: copy }))).Items)
    const first = await held()
    t.notMatch(first, CLEAR)
    if (!takesTags) {
      t.match(made.stderr, `warning us-east-1:${copy}: the table is not tagged with its masks`)
      t.equal((await runCli([...args, ...masks, ...WRITES])).code, 0)
      return
    }
    const { Table } = await client.send(new DescribeTableCommand({ TableName: copy }))
    const ResourceArn = Table?.TableArn
    const { Tags } = await client.send(new ListTagsOfResourceCommand({ ResourceArn }))
    t.match(Tags, [{ Key: 'tablesync:masks', Value: /^[\da-f]{16}-[\da-f]{8}$/ }])
    const otherMasks = ['--masks', others.masks, '--mask-key-file', others.maskKeyFile]
    for (const [what, more] of [
      ['none', []],
      ['other masks', otherMasks],
    ] as const) {
      for (const run of fewOf([WRITES, [...WRITES, '--dry-run'], ['--write-differing']])) {
        const { code, stderr } = await runCli([...args, ...more, ...run])
        t.equal(code, 2, what)
        t.match(stderr, /Expected the masks /)
        t.match(stderr, ` for us-east-1:${copy}, which was made under them`)
      }
    }
    t.equal((await runCli([...args, ...masks, ...WRITES])).code, 0, 'the same masks')
    t.equal(await held(), first)
    await client.send(new UntagResourceCommand({ ResourceArn, TagKeys: ['tablesync:masks'] }))
    t.equal((await runCli([...args, ...WRITES])).code, 0, 'without the tag, nobody knows')
    t.match(await held(), CLEAR)
  })
}
