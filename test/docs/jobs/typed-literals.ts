/** Values that are checked as literals of a type: with an unknown member they are refused too. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../pages.ts'

export interface Literal {
  /** Names it in the errors: letters, digits and dashes. */
  readonly name: string
  readonly value: unknown
  readonly type: string
  /** The module that has the type. */
  readonly from: string
}

const FLAGS = ['--ignoreConfig', '--noEmit', '--strict', '--skipLibCheck', '--pretty', 'false']
const MODULES = ['--module', 'esnext', '--moduleResolution', 'bundler', '--target', 'es2023']

/** The errors of the compiler for each literal, by name; none: it has its type. */
export function typeErrors(literals: readonly Literal[]): Map<string, string[]> {
  // Inside of the repository, so that the modules are found.
  const folder = mkdtempSync(join(root, 'dist/literals-'))
  try {
    for (const { name, value, type, from } of literals) {
      const text = `import type { ${type} } from '${from}'\nexport const value: ${type} = ${JSON.stringify(value, null, 1)}\n`
      writeFileSync(join(folder, `${name}.ts`), text)
    }
    const tsc = join(root, 'node_modules/.bin/tsc')
    const files = literals.map(({ name }) => `${name}.ts`)
    const { stdout } = spawnSync(tsc, [...FLAGS, ...MODULES, ...files], { cwd: folder })
    const lines = stdout.toString().split('\n')
    // An error without a file is one of the flags, and no literal has it.
    const stray = lines.filter((line) => /\berror TS/.test(line) && !/^[\w-]+\.ts\(/.test(line))
    if (stray.length > 0) throw new Error(stray.join('\n'))
    return new Map(
      literals.map(({ name }) => [name, lines.filter((line) => line.startsWith(`${name}.ts(`))]),
    )
  } finally {
    rmSync(folder, { recursive: true })
  }
}
