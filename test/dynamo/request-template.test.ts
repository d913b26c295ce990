/** How requests are sent and signed: learnt from the SDK, once for each table. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { learnAddress } from '../../lib/dynamo/describe/request-template.ts'
import { t } from '../support/tap.ts'

const client = () =>
  new DynamoDBClient({
    region: 'eu-west-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 's' },
  })

t.test('the address, region and service are those of the SDK', async (t) => {
  t.match(await learnAddress(client(), 'Orders'), {
    request: { method: 'POST', protocol: 'https:', hostname: /eu-west-1\.amazonaws\.com$/ },
    signingRegion: 'eu-west-1',
    signingService: 'dynamodb',
  })
})

t.test('an SDK that does not say how it signs is refused, with its version', async (t) => {
  const sdk = client()
  // A later version may keep this elsewhere.
  sdk.middlewareStack.add(
    (next, context) => (args) => {
      Object.assign(context, { __smithy_context: undefined })
      return next(args)
    },
    { name: 'laterVersion', step: 'build', priority: 'high' },
  )
  await t.rejects(learnAddress(sdk, 'Orders'), {
    code: 'USAGE',
    scope: 'run',
    message:
      /^@aws-sdk\/client-dynamodb 3\.\d+\.\d+ is not supported: tablesync cannot tell how it signs/,
    hint: /Install the version that tablesync's package-lock\.json names/,
  })
})
