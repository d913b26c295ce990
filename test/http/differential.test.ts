/** Answers of every kind, whole and damaged, read by our parser and by Node's own (llhttp). */
import { request } from 'node:http'
import { Duplex } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import type { Answer } from '../../lib/http/answer.ts'
import { PageBuffers } from '../../lib/http/page-buffers.ts'
import { ResponseParser } from '../../lib/http/response-parser.ts'
import { seeded } from '../support/seeded.ts'
import { t } from '../support/tap.ts'

const ANSWERS = Number(process.env['TABLESYNC_TEST_ANSWERS'] ?? 10_000)

/** `refused`: at once. `cut`: incomplete when the connection ended. */
type Read = 'refused' | 'cut' | { readonly status: number; readonly body: string }

/** `mayGoOn`: whether the connection is used again. */
function asOurs(pieces: readonly Buffer[]): { readonly read: Read; readonly mayGoOn: boolean } {
  let answer: Answer | undefined
  const parser = new ResponseParser(new PageBuffers(), (one) => {
    answer = one
  })
  parser.begin()
  for (const piece of pieces) {
    const wrong = parser.read(piece)
    // What follows an answer, unrequested, is no part of it.
    if (answer === undefined && wrong !== undefined) return { read: 'refused', mayGoOn: false }
    if (wrong !== undefined) return { read: readOf(answer), mayGoOn: false }
  }
  parser.end()
  return { read: readOf(answer), mayGoOn: parser.mayGoOn }
}

function readOf(answer: Answer | undefined): Read {
  if (answer === undefined) return 'cut'
  return { status: answer.statusCode, body: answer.body.bytes.toString('latin1') }
}

async function asNodes(pieces: readonly Buffer[]): Promise<Read> {
  const left = [...pieces]
  let isEnded = false
  const socket = new Duplex({
    write: (_chunk, _encoding, done) => done(),
    read() {
      const piece = left.shift()
      isEnded ||= piece === undefined
      this.push(piece ?? null)
    },
  })
  // If llhttp refused it before the end, it refused it at once.
  const failed = (error: NodeJS.ErrnoException): Read =>
    isEnded && !error.code?.startsWith('HPE_') ? 'cut' : 'refused'
  return new Promise((resolve) => {
    const asked = request({ createConnection: () => socket as never, method: 'POST', path: '/' })
    asked.on('error', (error: NodeJS.ErrnoException) => resolve(failed(error)))
    asked.on('upgrade', () => resolve('refused'))
    asked.on('response', (response) => {
      let wrong: Error | undefined
      asked.on('error', (error) => {
        wrong = error
      })
      buffer(response).then(
        (body) => resolve({ status: response.statusCode ?? 0, body: body.toString('latin1') }),
        (error: NodeJS.ErrnoException) => resolve(failed((wrong ?? error) as never)),
      )
    })
    asked.end()
  })
}

const random = seeded(20_26)
const below = (most: number) => Math.floor(random() * most)
const one = <T>(...all: readonly T[]) => all[below(all.length)] as T
const times = <T>(most: number, make: () => T) => Array.from({ length: below(most + 1) }, make)

const word = () => times(8, () => one('a', 'b', 'x', '7', '-', '"', ' ', ';', ':', 'é')).join('')

const header = () =>
  one(
    () => `x-${below(9)}: ${word()}`,
    () => `Date:${word()}`,
    () => `x-amz-crc32: ${below(1e9)}`,
    () => `connection: ${one('close', 'keep-alive', 'Keep-Alive')}`,
    () => `keep-alive: timeout=${below(100)}`,
    () => `empty:`,
    () => `tabs:\t${word()}\t`,
  )()

function body(text: string): readonly [headers: string[], body: string] {
  switch (below(3)) {
    case 0:
      return [[`content-length: ${text.length}`], text]
    case 1:
      return [['transfer-encoding: chunked'], chunked(text)]
    default:
      return [[], text]
  }
}

function chunked(text: string): string {
  let chunks = ''
  for (let from = 0; from < text.length; ) {
    const to = Math.min(text.length, from + 1 + below(12))
    const size = (to - from).toString(16)
    chunks += `${one(size, size.toUpperCase(), `0${size}`)}${one('', '', ';a', ';a=b', ';a="b c"', ';a;b="\\""')}\r\n${text.slice(from, to)}\r\n`
    from = to
  }
  return `${chunks}0\r\n${times(2, header).join('\r\n').replace(/(.)$/, '$1\r\n')}\r\n`
}

function whole(): string {
  const [headers, text] = body(times(40, () => one('{', '}', 'a', '\r\n', '\n', '0')).join(''))
  const lines = [...times(4, header), ...headers].sort(() => random() - 0.5)
  const interim = one(
    '',
    '',
    '',
    'HTTP/1.1 100 Continue\r\n\r\n',
    'HTTP/1.1 103 x\r\nlink: y\r\n\r\n',
  )
  const status = one(200, 200, 200, 204, 304, 400, 500, 503, 999)
  const first = `HTTP/1.${one(1, 1, 1, 0)} ${status}${one('', ' ', ' OK', ' Not so')}`
  const isBodiless = status === 204 || status === 304
  return `${interim}${[first, ...lines].join('\r\n')}\r\n\r\n${isBodiless ? '' : text}`
}

const BYTES = [
  '\0',
  '\r',
  '\n',
  '\r\n',
  ' ',
  '\t',
  ':',
  ';',
  '0',
  '9',
  'f',
  'g',
  '\x7f',
  '\x0b',
  '\x80',
  ',',
]
const LINES = [
  'content-length: 3\r\n',
  'content-length: 0\r\n',
  'Content-Length: +3\r\n',
  'content-length: 3, 3\r\n',
  'transfer-encoding: chunked\r\n',
  'Transfer-Encoding: gzip, chunked\r\n',
  'transfer-encoding: identity\r\n',
  ' folded\r\n',
  'name : x\r\n',
  ': x\r\n',
  'x\r\n',
  'upgrade: h2c\r\n',
]

/** Damages one thing in the text, or two. */
function damaged(text: string): string {
  let bad = text
  for (let count = 1 + below(2); count > 0; count--) {
    const at = below(bad.length + 1)
    const lineAt = bad.indexOf('\n', below(bad.length)) + 1
    bad = one(
      () => bad.slice(0, at) + one(...BYTES) + bad.slice(at),
      () => bad.slice(0, at) + one(...BYTES) + bad.slice(at + 1),
      () => bad.slice(0, at) + bad.slice(at + 1),
      () => bad.slice(0, at),
      () => bad.slice(0, lineAt) + one(...LINES) + bad.slice(lineAt),
      () => bad.replace('\r\n', '\n'),
      () => bad.replace(/\d/, String(below(10))),
    )()
  }
  return bad
}

function inPieces(text: string): Buffer[] {
  const bytes = Buffer.from(text, 'latin1')
  const cuts = [...times(4, () => below(bytes.length + 1)), bytes.length].sort((a, b) => a - b)
  let from = 0
  return cuts.flatMap((to) => {
    const piece = bytes.subarray(from, to)
    from = to
    return piece.length > 0 ? [piece] : []
  })
}

/** How many bytes the answer takes. */
function lengthOfAnswer(text: string): number {
  let isWhole = false
  const parser = new ResponseParser(new PageBuffers(), () => {
    isWhole = true
  })
  parser.begin()
  const bytes = Buffer.from(text, 'latin1')
  let at = 0
  while (!isWhole && at < bytes.length) parser.read(bytes.subarray(at, ++at))
  return at
}

/** Node refuses at a byte, and our parser at the end of the line that has it. */
const LINE_END = Buffer.from('\r\n')

t.test(`${ANSWERS} answers are read as Node reads them, or refused`, async (t) => {
  const seen = {
    alike: 0,
    refusedByBoth: 0,
    refusedBehind: 0,
    refusedByLine: 0,
    stricter: 0,
    cut: 0,
  }
  const wrong: string[] = []
  for (let nth = 0; nth < ANSWERS; nth++) {
    const isDamaged = nth % 4 !== 0
    const text = isDamaged ? damaged(whole()) : whole()
    const pieces = inPieces(text)
    const { read: ours, mayGoOn } = asOurs(pieces)
    let nodes = await asNodes(pieces)
    if (typeof ours === 'object' && nodes === 'refused') {
      // Node refuses an answer for what follows it; we drop what follows, and the connection.
      const own = Buffer.from(text.slice(0, lengthOfAnswer(text)), 'latin1')
      if (own.length < text.length && !mayGoOn) {
        nodes = await asNodes([own])
        seen.refusedBehind++
      }
    }
    const same = JSON.stringify(ours) === JSON.stringify(nodes)
    if (same && ours === 'refused') seen.refusedByBoth++
    else if (same && ours === 'cut') seen.cut++
    else if (same) seen.alike++
    else if (isDamaged && ours === 'refused') seen.stricter++
    else if (ours === 'cut' && asOurs([...pieces, LINE_END]).read === 'refused')
      seen.refusedByLine++
    else wrong.push(`${JSON.stringify({ ours, nodes })} of ${JSON.stringify(text)}`)
  }
  t.comment(JSON.stringify(seen))
  t.same(wrong.slice(0, 10), [])
  t.ok(
    seen.alike > ANSWERS / 5 && seen.refusedByBoth > ANSWERS / 5,
    'there are many of either kind',
  )
})
