import { startDynalite } from '../support/tables/dynalite.ts'
import { t } from '../support/tap.ts'
import { provesMatrix } from './matrix.ts'

const engine = await startDynalite()
t.teardown(() => engine.stop())

provesMatrix(t, { name: 'dynalite', master: engine, replica: engine, comparesNested: false })
