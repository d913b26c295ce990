import { noJava, startDynamoDBLocal } from '../support/tables/dynamodb-local.ts'
import { t } from '../support/tap.ts'
import { provesMatrix } from './matrix.ts'

if (noJava) {
  t.test('DynamoDB Local', { skip: noJava }, async () => {})
} else {
  const engine = await startDynamoDBLocal()
  t.teardown(() => engine.stop())
  provesMatrix(t, { name: 'DynamoDB Local', master: engine, replica: engine, comparesNested: true })
}
