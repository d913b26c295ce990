/** What each command says of an empty name of what it works on. */
import {
  applySync,
  fingerprintTable,
  mergeShards,
  revertSync,
  runShard,
  TablesyncError,
  undoSync,
} from 'tablesync'
import { t } from '../support/tap.ts'

const SAID: readonly [call: () => Promise<unknown>, message: string, hint: RegExp][] = [
  [() => applySync({ plan: '' }), 'Expected `plan` to be a file', /plan that a run wrote/],
  [() => undoSync({ journal: '' }), 'Expected `journal` to be a file', /journal that a run wrote/],
  [
    () =>
      revertSync({ replicas: ['us-east-1:aaa'], export: '', journal: 'made.ndjson', all: true }),
    'Expected `export` to be a folder',
    /folder of the export/,
  ],
  [() => runShard({ folder: '' }), 'Expected `folder` to be a folder', /shard-plan/],
  [() => mergeShards({ folder: '' }), 'Expected `folder` to be a folder', /shard-plan/],
  [() => fingerprintTable({ table: '' }), 'Expected `table` to be a table', /<region>:<table>/],
]

t.test('an empty name is refused by what it should name', async (t) => {
  for (const [call, message, hint] of SAID) {
    const error = await call().then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    t.ok(error instanceof TablesyncError, message)
    t.match(error, { code: 'USAGE', message: `${message}, got ""`, hint })
  }
})
