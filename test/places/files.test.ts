/** Plans, journals, checkpoints and reports of runs that do not compare everything. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { applySync, type RunOptions, undoSync, type WireItem, type WireValue } from 'tablesync'
import { chainedLine, withLine } from '../../lib/files/lines/chained-line.ts'
import { checkedLine } from '../../lib/files/lines/checked-line.ts'
import { runCli, tempFolder } from '../support/command/run-cli.ts'
import { asOfVersion1, linesIn, writeLines } from '../support/rewritten.ts'
import { ALL_WRITES, asks, item, openScene, type Scene } from '../support/scene.ts'
import { type Test, t } from '../support/tap.ts'
import { fewOf, oneOfMany } from '../support/thorough.ts'

const KEY: WireItem = { id: { S: 'one' } }
const S = (text: string): WireValue => ({ S: text })
const profile = (name: string, seen: string): WireItem => ({
  ...KEY,
  profile: { M: { name: S(name), seen: S(seen) } },
})
/** The name `a.b`, and a place in a map: an old release knew the first alone. */
const dotted = (name: string, place: string): WireItem => ({
  ...KEY,
  'a.b': S(name),
  a: { M: { b: S(place) } },
})

const opened = (t: Test, master: WireItem, replica: WireItem) =>
  openScene(t, { masterItems: [master], replicaItems: [replica] })

const at = ({ replica }: Scene) => replica.table.at(KEY)
const QUICK = { minMismatchAge: 0, workers: 1, maxRetries: 2, retryDelayBase: 1 }

const RULES: readonly Partial<RunOptions>[] = [
  { ignore: ['profile.seen'] },
  { only: ['profile.name'] },
]

for (const rules of RULES) {
  const how = JSON.stringify(rules)

  t.test(`a plan is applied by the paths that it was made with: ${how}`, oneOfMany(), async (t) => {
    const scene = await opened(t, profile('new', 'm'), profile('old', 'r'))
    const plan = join(await tempFolder(t), 'plan.ndjson')
    await scene.run({ ...ALL_WRITES, ...rules, plan })
    const [header] = (await linesIn(plan)).map((line) => JSON.parse(line))
    t.match(header.rules, 'only' in rules ? rules : { ignore: [], ignorePaths: rules.ignore })
    // What is not compared is no reason to leave the key.
    scene.replica.table.set(profile('old', 'later'))
    const { outcome } = await applySync({ plan, ...QUICK })
    t.equal(outcome, 'in-sync')
    t.strictSame(at(scene), profile('new', 'later'))
  })

  t.test(`a plan has neither missing items nor conflicts: ${how}`, oneOfMany(), async (t) => {
    const scene = await openScene(t, {
      masterItems: [profile('new', 'm'), { ...profile('new', 'm'), id: S('two') }],
      replicaItems: [KEY],
    })
    const folder = await tempFolder(t)
    const plan = join(folder, 'plan.ndjson')
    await scene.run({ ...ALL_WRITES, ...rules, plan })
    t.equal((await linesIn(plan)).length, 2, 'a header and an end')
    const whole = join(folder, 'whole.ndjson')
    await scene.run({ ...ALL_WRITES, ...rules, missingItems: 'whole', plan: whole })
    t.equal((await linesIn(whole)).length, 3)
    await applySync({ plan: whole, ...QUICK })
    t.strictSame(scene.replica.table.at({ id: S('two') }), { ...profile('new', 'm'), id: S('two') })
    t.strictSame(at(scene), KEY)
  })

  t.test(
    `an undo takes back what was written, and nothing else: ${how}`,
    oneOfMany(),
    async (t) => {
      const repaired = async () => {
        const scene = await opened(t, profile('new', 'm'), profile('old', 'r'))
        const journal = join(await tempFolder(t), 'journal.ndjson')
        await scene.run({ ...ALL_WRITES, ...rules, journal })
        t.strictSame(at(scene), profile('new', 'r'))
        return { scene, undo: () => undoSync({ journal, workers: 1 }) }
      }
      const plain = await repaired()
      t.equal((await plain.undo()).outcome, 'in-sync')
      t.strictSame(at(plain.scene), profile('old', 'r'))
      // The journal knows the whole item: nobody can tell whose state an undo would bring back.
      const moved = await repaired()
      moved.scene.replica.table.set(profile('new', 'later'))
      const left = await moved.undo()
      t.equal(left.outcome, 'different')
      t.match(left.replicas[moved.scene.replica.label], { changed: 1, written: 0 })
      t.strictSame(at(moved.scene), profile('new', 'later'))
      const raced = await repaired()
      let isFirst = true
      raced.scene.replica.stub.on((request) => {
        if (isFirst && asks('UpdateItem')(request)) {
          isFirst = false
          raced.scene.replica.table.set(profile('new', 'later'))
        }
        return undefined
      })
      t.equal((await raced.undo()).outcome, 'different')
      t.strictSame(at(raced.scene), profile('new', 'later'))
    },
  )

  t.test(`a run that dies is taken up by the same paths alone: ${how}`, oneOfMany(), async (t) => {
    const scene = await opened(t, profile('new', 'm'), profile('old', 'r'))
    const checkpoint = join(await tempFolder(t), 'checkpoint')
    const ending = new AbortController()
    scene.master.stub.on((request) => {
      if (asks('Scan')(request)) ending.abort()
      return undefined
    })
    const leg = (more: Partial<RunOptions>) => scene.run({ ...ALL_WRITES, checkpoint, ...more })
    await leg({ ...rules, signal: ending.signal })
    for (const [others, message] of [
      [{}, /`(ignore|only)` to be as when the run began/],
      [{ ignore: ['profile'] }, /`(ignore|only)` to be as when the run began/],
      [{ ignore: ['"profile.seen"'] }, /`(ignore|only)` to be as when the run began/],
      [{ only: ['profile'] }, /`(ignore|only)` to be as when the run began/],
      [{ ...rules, missingItems: 'whole' }, /`missingItems` to be as when the run began/],
    ] as [Partial<RunOptions>, RegExp][]) {
      await t.rejects(leg({ ...others, resume: true }), { code: 'USAGE', message })
    }
    const { summary } = await leg({ ...rules, resume: true })
    t.equal(summary.outcome, 'in-sync')
    t.strictSame(at(scene), profile('new', 'r'))
  })
}

/** Makes a file's header one of a release that knew bare names only. */
async function asOfOldRelease(file: string): Promise<void> {
  const { crc: _, options, ...rest } = JSON.parse(await readFile(file, 'utf8'))
  const { ignorePaths: __, ...others } = options
  await writeFile(file, `${checkedLine({ ...rest, options: { ...others, ignore: ['a.b'] } })}\n`)
}

t.test('a checkpoint of an old release keeps the literal meaning of --ignore a.b', async (t) => {
  const begun = async () => {
    const others = Array.from({ length: 80 }, (_, n) => item(n))
    const scene = await openScene(t, {
      masterItems: [dotted('m', 'm'), ...others],
      replicaItems: [dotted('r', 'r'), ...others],
    })
    const checkpoint = join(await tempFolder(t), 'checkpoint')
    let ending = new AbortController()
    scene.master.stub.on((request) => {
      if (asks('Scan')(request)) ending.abort()
      return undefined
    })
    const leg = (more: Partial<RunOptions>) => scene.run({ ...ALL_WRITES, checkpoint, ...more })
    const cutShort = async (more: Partial<RunOptions>) => {
      ending = new AbortController()
      const { summary } = await leg({ ...more, signal: ending.signal })
      t.equal(summary.outcome, 'interrupted')
    }
    await cutShort({ ignore: ['"a.b"'] })
    return { scene, checkpoint, leg, cutShort }
  }
  for (const text of ['a.b', '"a.b"']) {
    const { scene, checkpoint, leg, cutShort } = await begun()
    await asOfOldRelease(checkpoint)
    await cutShort({ ignore: [text], resume: true })
    const { summary } = await leg({ ignore: [text], resume: true })
    t.equal(summary.outcome, 'in-sync')
    t.strictSame(at(scene), dotted('r', 'm'), `${text} is the name`)
  }
  const { scene, leg } = await begun()
  await t.rejects(leg({ ignore: ['a.b'], resume: true }), {
    code: 'USAGE',
    message: /`ignore` to be as when the run began, \["\\"a.b\\""\]; got \["a.b"\]/,
  })
  t.strictSame(at(scene), dotted('r', 'r'), 'a new checkpoint knows a path from a name')
})

t.test('a plan of an old release keeps the literal meaning of --ignore a.b', async (t) => {
  const scene = await opened(t, dotted('m', 'm'), dotted('r', 'r'))
  const plan = join(await tempFolder(t), 'plan.ndjson')
  await scene.run({ ...ALL_WRITES, ignore: ['"a.b"'], plan })
  await asOfVersion1(plan)
  const reworded = (await linesIn(plan)).map((line) => {
    const { crc: _, ...value } = JSON.parse(line)
    if (value.rules === undefined) return checkedLine(value)
    const { ignorePaths: __, ...rules } = value.rules
    return checkedLine({ ...value, rules: { ...rules, ignore: ['a.b'] } })
  })
  await writeLines(plan, reworded)
  t.equal((await applySync({ plan, ...QUICK })).outcome, 'in-sync')
  t.strictSame(at(scene), dotted('r', 'm'))
})

t.test('files know top-level names as they always did', async (t) => {
  const scene = await opened(t, dotted('m', 'm'), dotted('r', 'r'))
  const plan = join(await tempFolder(t), 'plan.ndjson')
  await scene.run({ ...ALL_WRITES, ignore: ['x', 'with blank', 'a-b:c'], plan })
  const [header] = (await linesIn(plan)).map((line) => JSON.parse(line))
  t.strictSame(header.rules.ignore, ['x', 'with blank', 'a-b:c'])
  t.notOk('ignorePaths' in header.rules || 'only' in header.rules)
})

t.test('show --since compares the meaning of paths, and not their text', async (t) => {
  const folder = await tempFolder(t)
  const file = (name: string) => join(folder, `${name}.ndjson`)
  const scene = await opened(t, dotted('m', 'm'), dotted('r', 'r'))
  for (const [name, rules] of [
    ['paths', { ignore: ['a.b', 'x'] }],
    ['sameMeaning', { ignore: ['x', '"a"."b"'] }],
    ['name', { ignore: ['"a.b"', 'x'] }],
    ['only', { only: ['a.b'] }],
    ['onlyToo', { only: ['"a".b', 'a.b'] }],
    ['onlyName', { only: ['"a.b"'] }],
  ] as const) {
    await scene.run({ report: file(name), ...rules })
  }
  await rechained(file('name'), file('old'), (header) => {
    const { ignorePaths: _, ...options } = header['options'] as Record<string, unknown>
    return { ...header, options: { ...options, ignore: ['x', 'a.b'] } }
  })
  for (const [now, then, isRefused] of fewOf([
    ['paths', 'sameMeaning', false],
    ['paths', 'name', true],
    ['paths', 'only', true],
    ['only', 'onlyToo', false],
    ['only', 'onlyName', true],
    ['name', 'old', false],
    ['paths', 'old', true],
  ] as const)) {
    const { code, stderr } = await runCli(['show', file(now), '--since', file(then)])
    t.equal(code === 2, isRefused, `${now} since ${then}: ${stderr}`)
    if (isRefused) t.match(stderr, /a run with the same `(ignore|only)`/)
  }
})

/** Another file with the lines of a file, and another header. */
async function rechained(
  from: string,
  to: string,
  change: (header: Record<string, unknown>) => object,
): Promise<void> {
  const contents = (await linesIn(from)).map((line) => {
    const { crc: _, line: __, after: ___, ...content } = JSON.parse(line)
    return content as Record<string, unknown>
  })
  const [header = {}, ...rest] = contents
  const lines = [checkedLine(change(header))]
  let chain = withLine({ lines: 0, last: '' }, lines[0] as string)
  for (const content of rest) {
    const line = chainedLine(chain, JSON.stringify(content))
    lines.push(line)
    chain = withLine(chain, line)
  }
  await writeLines(to, lines)
}
