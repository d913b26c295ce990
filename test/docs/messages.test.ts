/** A message is read at a glance: with its hint it takes at most three lines. */
import { t } from '../support/tap.ts'
import { skipLong } from '../support/thorough.ts'
import { PLACEHOLDER, readMessages } from './messages.ts'

const COLUMNS = 80

/** How many lines a text takes. A word that is longer than a line goes on in the next. */
function linesOf(text: string): number {
  let lines = 0
  let column = COLUMNS
  for (const { length } of text.split(' ').filter((word) => word !== '')) {
    const fits = column + 1 + length <= COLUMNS
    if (!fits) lines += Math.ceil(length / COLUMNS)
    column = fits ? column + 1 + length : length % COLUMNS
  }
  return lines
}

t.test('lines break between words', async (t) => {
  t.equal(linesOf(''), 0)
  t.equal(linesOf('word'), 1)
  t.equal(linesOf(`${'x'.repeat(40)} ${'x'.repeat(39)}`), 1)
  t.equal(linesOf(`${'x'.repeat(40)} ${'x'.repeat(40)}`), 2)
  t.equal(linesOf('x'.repeat(81)), 2)
})

const skip = skipLong

t.test('every message takes at most three lines together with its hint', { skip }, async (t) => {
  const messages = readMessages()
  t.ok(messages.length > 200, `${messages.length} messages`)
  t.ok(messages.some(({ message }) => message.includes(PLACEHOLDER)))
  for (const { place, message, hint } of messages) {
    // A hint without a message of its own belongs to one that has a line at least.
    const lines = Math.max(1, linesOf(message)) + linesOf(hint)
    t.ok(lines <= 3, `${place}: ${lines} lines\n${message}\n${hint}`)
  }
})
