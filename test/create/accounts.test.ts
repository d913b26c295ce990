/** Who is asked which account it is, with whose credentials. */
import { writeProfiles } from '../support/command/aws-profiles.ts'
import { startAwsWorld } from '../support/command/aws-world.ts'
import { runForSummary } from '../support/command/run-cli.ts'
import { startModelledService } from '../support/tables/modelled-service.ts'
import { t } from '../support/tap.ts'
import { FULL, ITEMS } from './full-master.ts'

t.test(
  'of the service, STS of the region is asked with the credentials of the replica',
  async (t) => {
    const service = await startModelledService()
    t.teardown(() => service.close())
    service.table('Orders', FULL, {}, ITEMS)
    const world = await startAwsWorld(t, { engine: service.endpoint, hasRole: false })
    const HOME = await writeProfiles(t)
    const env = { ...world.env, HOME, AWS_CONFIG_FILE: `${HOME}/config` }
    const { summary, code, stderr } = await runForSummary(
      [
        ...['-m', 'us-east-1:Orders', '--profile', 'right'],
        ...['-r', 'us-west-2:Copy', '--replica-profile', 'process'],
        ...['--write-missing', '--create-replica', '--yes', '--expect-account', '444455556666'],
      ],
      env,
    )
    t.equal(code, 0, stderr)
    const asked = world.signed.filter(({ operation }) => operation === 'GetCallerIdentity')
    t.match(asked, [{ by: 'PROCESS', host: 'sts.us-west-2.amazonaws.com' }])
    t.equal(asked.length, 1)
    const { create } = summary.replicas['us-west-2:Copy'] ?? {}
    t.equal(create?.arn, 'arn:aws-cn:dynamodb:us-west-2:444455556666:table/Copy')
    const made = world.signed.filter(({ operation }) => operation === 'CreateTable')
    t.match(made, [{ by: 'PROCESS', host: 'dynamodb.us-west-2.amazonaws.com' }])
    const beside = world.signed.filter(({ operation }) => operation === 'ListTagsOfResource')
    t.match(
      beside,
      [{ by: 'RIGHT', host: /us-east-1/ }],
      'what the master has is asked of the master',
    )
    t.equal(service.items('Copy').length, 3)
  },
)
