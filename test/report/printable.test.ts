import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { isPrintable, printable } from '../../lib/report/printable.ts'
import { shellWord } from '../../lib/report/shell-word.ts'
import { t } from '../support/tap.ts'

for (const { text, shown } of [
  { text: 'plain, Größe, 日本語, ≈ → █', shown: 'plain, Größe, 日本語, ≈ → █' },
  { text: '\u001b[31m', shown: '\\u001b[31m' },
  { text: 'a\r\n\tb', shown: 'a\\r\\n\\tb' },
  { text: '\u202egnp.exe', shown: '\\u202egnp.exe' },
  { text: 'a\u2028b\u2029c', shown: 'a\\u2028b\\u2029c' },
  { text: '\u007f\u0085\u009b', shown: '\\u007f\\u0085\\u009b' },
  { text: 'a\u200bb\ufeff\u3164', shown: 'a\\u200bb\\ufeff\\u3164' },
  { text: '\ud800 alone', shown: '\\ud800 alone' },
  { text: '\u{e0041}', shown: '\\udb40\\udc41' },
]) {
  t.test(`printable shows ${shown}`, async (t) => t.equal(printable(text), shown))
}

t.test('printable does not change what a JSON text means', async (t) => {
  const strings = fc.string({ unit: 'binary', maxLength: 50 })
  fc.assert(
    fc.property(strings, (text) => {
      const shown = printable(JSON.stringify({ text }))
      t.ok(isPrintable(shown))
      return JSON.parse(shown).text === text
    }),
  )
})

t.test('shellWord is one word to a shell, whatever it contains', async (t) => {
  const words = ['plain', 'two words', "it's", '$HOME `id` "x" \\', 'a\nb\u202e\u001b\\', "'\n'"]
  const shown = words.map(shellWord)
  t.ok(shown.every(isPrintable))
  const taken = execFileSync('bash', ['-c', `printf '%s\\0' ${shown.join(' ')}`], {
    env: { ...process.env, LC_ALL: 'C.UTF-8' },
  })
  t.same(taken.toString().split('\0').slice(0, -1), words)
})
