/** The pages that users read, and the commands in them. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../../../', import.meta.url))

export interface Page {
  /** Its path in the repository. */
  readonly file: string
  readonly text: string
}

export function readPages(): Page[] {
  const docs = readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`)
  const others = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'SECURITY.md']
  return [...others, ...docs].sort().map((file) => ({
    file,
    text: readFileSync(join(root, file), 'utf8'),
  }))
}

/** Each command of the page's shell blocks, as words; without its comment. */
export function commandsIn({ text }: Page): string[][] {
  const blocks = [...text.matchAll(/^```(?:sh|console)\n([\s\S]*?)^```/gm)].map(([, code]) => code)
  const lines = blocks.flatMap((code = '') => code.replaceAll('\\\n', ' ').split('\n'))
  return lines
    .map((line) => line.replace(/^\$ /, '').replace(/ +# .*$/, ''))
    .filter((line) => /^(npx )?tablesync /.test(line))
    .map((line) => wordsOf(line.replace(/^npx /, '')).slice(1))
}

/** As a shell splits a line: quotes hold words together. */
const wordsOf = (line: string): string[] =>
  [...line.matchAll(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g)].map(([word]) =>
    word.replace(/'([^']*)'|"([^"]*)"/g, '$1$2'),
  )
