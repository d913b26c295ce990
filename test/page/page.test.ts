/** The page as text: what is escaped, what is left out, and how large it gets. */
import { parseHTML } from 'linkedom'
import { commandAsTyped } from '../../lib/options/command-as-typed.ts'
import { escaped, html } from '../../lib/page/markup.ts'
import { pageHtml } from '../../lib/page/page-html.ts'
import { TimeSamples } from '../../lib/page/time-samples.ts'
import { heatOf, isHeat } from '../../lib/report/heat-cells.ts'
import { t } from '../support/tap.ts'
import { fullPage, HOSTILE, samplePage } from './sample-page.ts'

const MOST_BYTES = 200 * 1024

/** Of the hostile texts; a page has none of them. */
const UNSEEN = /[\u202e\u2028]|\p{Cc}(?<!\n)/u

/** The elements and the attributes that a page is made of. */
function partsOf(page: string): string[] {
  const elements = [...parseHTML(page).document.querySelectorAll('*')]
  const names = elements.flatMap((one) => [
    one.tagName,
    ...one.getAttributeNames().map((name: string) => `${one.tagName} ${name}`),
  ])
  return [...new Set(names)].sort()
}

t.test('markup escapes whatever is put into it', async (t) => {
  for (const [text, expected] of [
    ['<img onerror="x">', '&lt;img onerror=&quot;x&quot;&gt;'],
    ["' onclick='x", '&#39; onclick=&#39;x'],
    ['&lt;', '&amp;lt;'],
    ['a\u202eb', 'a\\u202eb'],
    ['a\nb\u0000\u2028', 'a\\nb\\u0000\\u2028'],
    ['\ud800', '\\ud800'],
    ['grün 日本 🙂', 'grün 日本 🙂'],
  ] as const) {
    t.equal(escaped(text), expected)
    t.equal(
      html`<p title="${text}">${[text, 1, false, undefined]}</p>`.html,
      `<p title="${expected}">${expected}1</p>`,
    )
  }
  t.equal(html`<i>${html`<b>${'<'}</b>`}</i>`.html, '<i><b>&lt;</b></i>')
})

t.test('nothing of a table becomes markup', async (t) => {
  const [text, harmless] = [pageHtml(samplePage()), pageHtml(samplePage({}, ['plain']))]
  t.same(partsOf(text), partsOf(harmless))
  t.notMatch(text, /<script|<img|<iframe|<a |<link|url\(|https?:\/\/(?!localhost|www\.w3\.org)/i)
  t.notMatch(text, UNSEEN)
  t.match(
    text,
    '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; style-src \'unsafe-inline\'">',
  )
  t.ok(text.includes(escaped(HOSTILE[0] as string)))
})

t.test('values appear only where they may', async (t) => {
  t.notMatch(pageHtml(samplePage({ showsValues: false })), /-secret/)
  const shown = pageHtml(samplePage({ showsValues: true }))
  t.match(shown, /was-secret/)
  t.match(shown, /now-secret/)
  t.notMatch(shown, UNSEEN)
  t.notMatch(shown, /\\n +state/)
})

t.test('a page stays small', async (t) => {
  const usual = Buffer.byteLength(pageHtml(samplePage()))
  t.ok(usual <= MOST_BYTES, `${usual} bytes`)
  const most = Buffer.byteLength(pageHtml(fullPage()))
  t.ok(most <= MOST_BYTES, `${most} bytes with all that is long as long as it gets`)
})

t.test('a page of little says little', async (t) => {
  const {
    heat: _,
    history: __,
    ...little
  } = samplePage({ attributes: [], options: [], safeguards: [] })
  const text = pageHtml({ ...little, differences: { first: [], total: 0 } })
  for (const heading of ['where', 'attributes', 'time', 'differences']) {
    t.notMatch(text, `id="${heading}"`)
  }
  t.match(text, 'id="counts"')
})

t.test('samples are thinned, and keep the mean', async (t) => {
  const samples = new TimeSamples({ isResumed: false })
  const at = (second: number) => ({
    ...{
      type: 'progress' as const,
      suspects: {},
      segmentsDone: 0,
      segments: 1,
      isPaused: false,
      flows: [],
    },
    ...{ elapsedMs: second * 1000, waitingFor: second === 7 ? ['x'] : [] },
    tally: { master: { scanned: second * 100, readUnits: 0 }, replicas: {} },
  })
  for (let second = 1; second <= 100_000; second++) samples.hear(at(second))
  t.ok(samples.all.length <= 361, `${samples.all.length}`)
  t.ok(samples.all.every(({ itemsPerSecond }) => Math.abs(itemsPerSecond - 100) < 1e-6))
  t.ok((samples.all.at(-1)?.at ?? 0) > 99_000)
  t.notOk(samples.all[0]?.isWaiting, 'it went on while something waited')
  const still = new TimeSamples({ isResumed: true })
  for (const second of [6, 7, 8]) still.hear({ ...at(7), elapsedMs: second * 1000 })
  t.same(
    still.all.map(({ isWaiting }) => isWaiting),
    [true, true],
  )
  const resumed = new TimeSamples({ isResumed: true })
  for (const second of [500, 501, 502]) resumed.hear(at(second))
  t.same(
    resumed.all.map(({ at, itemsPerSecond }) => [at, itemsPerSecond]),
    [
      [1, 100],
      [2, 100],
    ],
  )
})

t.test('the command is shown without its secrets', async (t) => {
  for (const [given, shown] of [
    ['-m us-east-1:A --mfa-token 123456', '-m us-east-1:A --mfa-token …'],
    ['--mfa-token=123456 --ignore 123456', '--mfa-token=… --ignore …'],
    ['--endpoint http://me:hidden@localhost:8000', '--endpoint http://…@localhost:8000'],
    ['--endpoint=http://me:hidden@localhost:8000', '--endpoint=http://…@localhost:8000'],
    ['--mfa-token', '--mfa-token'],
    ['--report key-of-environment-0123456789', '--report …'],
  ] as const) {
    const env = { AWS_SECRET_ACCESS_KEY: 'key-of-environment-0123456789' }
    t.equal(commandAsTyped(given.split(' '), env).join(' '), `tablesync ${shown}`)
  }
})

t.test('a strip of a file is drawn only if it is one', async (t) => {
  const cells = [
    [1, 2, 0],
    [1, 3, 1],
  ]
  t.ok(isHeat({ segments: 2, replicas: { 'x:T': cells } }))
  t.same(heatOf({ segments: 2, replicas: { 'x:T': cells as never } }).strips[0]?.cells[1], {
    ...{ firstSegment: 1, lastSegment: 1, compared: 1, items: 3, differences: 1 },
  })
  for (const wrong of [
    undefined,
    null,
    'text',
    [],
    { segments: 2 },
    { segments: 2, replicas: null },
    { segments: '2', replicas: { 'x:T': cells } },
    { segments: 3, replicas: { 'x:T': cells } },
    { segments: 1e300, replicas: { 'x:T': cells } },
    { segments: 2, replicas: { 'x:T': 'cells' } },
    { segments: 2, replicas: { 'x:T': [[1, 2], cells[1]] } },
    { segments: 2, replicas: { 'x:T': [[1, 2, -1], cells[1]] } },
    { segments: 2, replicas: { 'x:T': [['<img>', 2, 1], cells[1]] } },
  ])
    t.notOk(isHeat(wrong), JSON.stringify(wrong))
})
