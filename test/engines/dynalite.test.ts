import { startDynalite } from '../support/tables/dynalite.ts'
import { t } from '../support/tap.ts'
import { provesMatrix } from './matrix.ts'

t.setTimeout(800_000)
const engine = await startDynalite()
t.teardown(() => engine.stop())

provesMatrix(t, { name: 'dynalite', master: engine, replica: engine, comparesNested: false })
