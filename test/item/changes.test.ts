import fc from 'fast-check'
import { changesBetween } from '../../lib/item/changes.ts'
import { canonicalPath, isPath, isWithin, pathText } from '../../lib/item/path.ts'
import { BY_DEFAULT } from '../../lib/item/places/compared.ts'
import type { Change } from '../../lib/model/change.ts'
import type { WireItem, WireValue } from '../../lib/model/wire.ts'
import { anyChoices, anyItem, anyText, anyValue, type Choose } from '../support/arbitrary.ts'
import { t } from '../support/tap.ts'
import { sameItem, sameValue } from './reference.ts'

const RUNS = { numRuns: 3000 }

type Step = string | number
type Json = { [name: string]: unknown }

const between = (from: WireItem, to: WireItem, withValues = true) =>
  changesBetween(from, to, { compared: BY_DEFAULT, withValues })

/** Two items that have much in common, and are nested. */
const pairs: fc.Arbitrary<readonly [WireItem, WireItem]> = fc
  .tuple(anyItem, fc.array(fc.tuple(anyChoices, anyValue), { maxLength: 4 }))
  .map(([item, edits]) => [item, edits.reduce(edited, item)] as const)
  .chain(([item, other]) =>
    fc.constantFrom([item, other] as const, [other, item] as const, [item, item] as const),
  )

t.test('the changes of one side give the other', async (t) => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(pairs, ([from, to]) =>
        sameItem(applied(from, between(from, to).changes) as WireItem, to),
      ),
      RUNS,
    ),
  )
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(anyItem, anyItem, (from, to) =>
        sameItem(applied(from, between(from, to).changes) as WireItem, to),
      ),
      RUNS,
    ),
  )
})

t.test('each path differs, and nothing equal lies inside it', async (t) => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(pairs, ([from, to]) => {
        const { changes } = between(from, to)
        const paths = changes.map(({ path }) => path)
        if (new Set(paths).size !== paths.length) return false
        return changes.every(({ path }) => {
          const [one, other] = [at(from, stepsOf(path)), at(to, stepsOf(path))]
          if (one === undefined || other === undefined) return one !== other
          return !sameValue(one, other) && !haveCommonLeaf(one, other)
        })
      }),
      RUNS,
    ),
  )
})

t.test('the changed places are in the attributes that differ, and in no others', async (t) => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(pairs, ([from, to]) => {
        const { attributes, changes } = between(from, to)
        const inPaths = [...new Set(changes.map(({ path }) => String(stepsOf(path)[0])))]
        const names = [...new Set([...Object.keys(from), ...Object.keys(to)])]
        const differing = names.filter((name) => !sameItem(only(from, name), only(to, name)))
        return same(inPaths, attributes) && same([...differing].sort(), attributes)
      }),
      RUNS,
    ),
  )
})

t.test('without values, a change tells none', async (t) => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(pairs, ([from, to]) => {
        const { changes } = between(from, to, false)
        const known = new Set(['path', 'from', 'to', 'members'])
        return changes.every((change) => Object.keys(change).every((name) => known.has(name)))
      }),
      RUNS,
    ),
  )
})

t.test('a path is read back as it was written', async (t) => {
  const step = fc.oneof(anyText, fc.nat({ max: 100_000 }))
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(anyText, fc.array(step, { maxLength: 5 }), (name, more) => {
        const text = pathText([name, ...more])
        return isPath(text) && same(stepsOf(text), [name, ...more])
      }),
      RUNS,
    ),
  )
})

t.test('changes of one kind each', async (t) => {
  const S = (text: string) => ({ S: text })
  const N = (text: string) => ({ N: text })
  const cases: [what: string, WireItem, WireItem, readonly Change[]][] = [
    [
      'numbers of 38 digits',
      { n: N('1'.repeat(38)) },
      { n: N(`${'1'.repeat(37)}2`) },
      [
        {
          path: 'n',
          from: 'N',
          to: 'N',
          values: { from: N('1'.repeat(38)), to: N(`${'1'.repeat(37)}2`) },
        },
      ],
    ],
    ['other spellings of a number', { n: N('10') }, { n: N('1e1') }, []],
    [
      'a type',
      { a: S('1') },
      { a: N('1') },
      [{ path: 'a', from: 'S', to: 'N', values: { from: S('1'), to: N('1') } }],
    ],
    [
      'members of a set',
      { s: { NS: ['1', '2', '3'] } },
      { s: { NS: ['3.0', '4'] } },
      [
        {
          ...{ path: 's', from: 'NS', to: 'NS', members: { added: 1, removed: 2 } },
          values: { added: { NS: ['4'] }, removed: { NS: ['1', '2'] } },
        },
      ],
    ],
    [
      'a set of another type',
      { s: { NS: ['1'] } },
      { s: { SS: ['1'] } },
      [{ path: 's', from: 'NS', to: 'SS', values: { from: { NS: ['1'] }, to: { SS: ['1'] } } }],
    ],
    [
      'a list that is shifted',
      { l: { L: [S('a'), S('b')] } },
      { l: { L: [S('b')] } },
      [
        { path: 'l[0]', from: 'S', to: 'S', values: { from: S('a'), to: S('b') } },
        { path: 'l[1]', from: 'S', values: { from: S('b') } },
      ],
    ],
    [
      'a map in a list in a map',
      { m: { M: { l: { L: [{ M: { 'a.b': S('x') } }] } } } },
      { m: { M: { l: { L: [{ M: { 'a.b': S('y'), c: S('z') } }] } } } },
      [
        { path: 'm.l[0]."a.b"', from: 'S', to: 'S', values: { from: S('x'), to: S('y') } },
        { path: 'm.l[0].c', to: 'S', values: { to: S('z') } },
      ],
    ],
    [
      'names like those of objects',
      { __proto__: S('x') } as WireItem,
      JSON.parse('{"__proto__":{"S":"y"}}'),
      [{ path: '__proto__', to: 'S', values: { to: S('y') } }],
    ],
  ]
  for (const [what, from, to, expected] of cases) t.same(between(from, to).changes, expected, what)
})

t.test('canonicalPath spells a path as tablesync does', async (t) => {
  for (const [given, expected] of [
    ['"state"', 'state'],
    ['"x\\u202ey".a', '"x\u202ey".a'],
    ['a."b"[3]."c d"', 'a.b[3]."c d"'],
    ['"a.b"[0]', '"a.b"[0]'],
  ] as const) {
    t.equal(canonicalPath(given), expected)
    t.equal(canonicalPath(expected), expected)
  }
})

t.test('isWithin tells names apart that begin alike', async (t) => {
  for (const [path, place, expected] of [
    ['address.geo[1]', 'address.geo', true],
    ['address.geo', 'address', true],
    ['address', 'address', true],
    ['addressee', 'address', false],
    ['address', 'address.geo', false],
    ['tags[10]', 'tags[1]', false],
    ['"a.b".c', '"a.b"', true],
    ['"a.b".c', 'a', false],
  ] as const) {
    t.equal(isWithin(path, place), expected, `${path} in ${place}`)
  }
  for (const text of ['', 'a.', '.a', 'a[', 'a[x]', 'a[01]', 'a b', '"a', 'a..b', 'a,b']) {
    t.notOk(isPath(text), text)
  }
})

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

function only(item: WireItem, name: string): WireItem {
  return Object.hasOwn(item, name) ? Object.fromEntries([[name, item[name] as WireValue]]) : {}
}

/** Reads a path character by character. */
function stepsOf(path: string): Step[] {
  const steps: Step[] = []
  let at = 0
  while (at < path.length) {
    if (path[at] === '[') {
      const end = path.indexOf(']', at)
      steps.push(Number(path.slice(at + 1, end)))
      at = end + 1
    } else {
      if (at > 0) at++
      let end = at
      if (path[at] === '"') {
        end++
        while (path[end] !== '"') end += path[end] === '\\' ? 2 : 1
        steps.push(JSON.parse(path.slice(at, ++end)) as string)
      } else {
        while (end < path.length && path[end] !== '.' && path[end] !== '[') end++
        steps.push(path.slice(at, end))
      }
      at = end
    }
  }
  return steps
}

/** What holds the steps below a value: a map's members or a list's elements. */
function inside(value: WireValue): Json {
  return Object.values(value)[0] as unknown as Json
}

function at(item: WireItem, steps: readonly Step[]): WireValue | undefined {
  let holder = item as unknown as Json
  let value: WireValue | undefined
  for (const step of steps) {
    if (!Object.hasOwn(holder, step)) return undefined
    value = holder[step] as WireValue
    holder = inside(value)
  }
  return value
}

function applied(item: WireItem, changes: readonly Change[]): unknown {
  const copy = structuredClone(item) as unknown as Json
  const cutting: (() => void)[] = []
  for (const { path, values } of changes) {
    const steps = stepsOf(path)
    const last = steps.pop() as Step
    const holder = steps.length === 0 ? copy : inside(at(copy as WireItem, steps) as WireValue)
    const set = (value: unknown) =>
      Object.defineProperty(holder, last, {
        ...{ value, enumerable: true, configurable: true, writable: true },
      })
    if (values === undefined) throw new Error('no values')
    if ('added' in values) {
      const [[type = '', members] = []] = Object.entries(holder[last] as Json)
      const [added, removed] = [values.added, values.removed].map((set) => Object.values(set)[0])
      const kept = (members as string[]).filter((one) => !(removed as string[]).includes(one))
      set({ [type]: [...kept, ...(added as string[])] })
    } else if ('to' in values) set(values.to)
    else if (Array.isArray(holder)) {
      const length = last as number
      cutting.push(() => {
        holder.length = Math.min(holder.length, length)
      })
    } else delete holder[last]
  }
  for (const cut of cutting) cut()
  return copy
}

/** Whether two values have an equal scalar at the same place inside them. */
function haveCommonLeaf(a: WireValue, b: WireValue): boolean {
  const [[type, one] = ['', undefined]] = Object.entries(a)
  if (!Object.hasOwn(b, type)) return false
  if (type !== 'M' && type !== 'L') return sameValue(a, b)
  const [x, y] = [one as Json, inside(b)]
  return Object.keys(x).some(
    (step) => Object.hasOwn(y, step) && haveCommonLeaf(x[step] as WireValue, y[step] as WireValue),
  )
}

/** The same item with one place set to another value, or removed. */
function edited(item: WireItem, [choose, value]: readonly [Choose, WireValue]): WireItem {
  const copy = structuredClone(item) as unknown as Json
  let holder: Json | unknown[] = copy
  for (;;) {
    const steps = Object.keys(holder)
    const step = steps[choose(steps.length + 1)]
    if (step === undefined) {
      if (Array.isArray(holder)) holder.push(value)
      else holder[`new${choose(3)}`] = value
      return copy as WireItem
    }
    const found = (holder as Json)[step] as WireValue
    if (('M' in found || 'L' in found) && choose(4) > 0) {
      holder = inside(found)
      continue
    }
    const how = choose(4)
    if (how === 0 && Array.isArray(holder)) holder.splice(Number(step), 1)
    else if (how === 0) delete holder[step]
    else
      (holder as Json)[step] =
        how === 1 && 'SS' in found ? { SS: [...new Set([...found.SS, 'one more'])] } : value
    return copy as WireItem
  }
}
