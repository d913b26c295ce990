/** Real shells, asked what they complete a line to, with the script of `tablesync completion`. */
import { spawnSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runCli, type Teardown, tempFolder } from './run-cli.ts'

export type Shell = 'bash' | 'zsh' | 'fish'

/** Why it cannot be asked; false: it can. */
export function skipsWithout(shell: Shell): string | false {
  return spawnSync(shell, ['--version']).error === undefined ? false : `${shell} is not installed`
}

/**
 * What a shell offers for the end of each line, in a folder with the file `report.ndjson`.
 *
 * @returns for each line the words, in the order of the alphabet; zsh alone gives the whole line as it became
 */
export async function completing(
  t: Teardown,
  shell: Shell,
  lines: readonly string[],
): Promise<string[]> {
  const folder = await tempFolder(t)
  await writeFile(join(folder, 'report.ndjson'), '')
  const { stdout } = await runCli(['completion', shell])
  await writeFile(join(folder, 'script'), stdout)
  await writeFile(join(folder, 'ask'), ASKS[shell])
  const flags = shell === 'zsh' ? ['-f'] : shell === 'bash' ? ['--norc'] : ['--no-config']
  const asked = spawnSync(shell, [...flags, 'ask', ...lines], {
    cwd: folder,
    env: { PATH: process.env['PATH'], HOME: folder, TERM: 'dumb' },
    encoding: 'utf8',
    timeout: 120_000,
  })
  if (asked.status !== 0) throw new Error(`${shell} ended with ${asked.status}: ${asked.stderr}`)
  return asked.stdout.split('\n').slice(0, -1)
}

/** Each takes lines, and prints a line for each. The shells are told as little as possible. */
const ASKS: { readonly [shell in Shell]: string } = {
  // Words as readline parts them: a blank ends one, and an equals sign and a colon are one each.
  bash: `
source ./script
for line in "$@"; do
  read -r -a COMP_WORDS <<<"$(sed "s/[=:]/ & /g" <<<"$line")"
  [[ $line == *[\\ =] ]] && [[ $line == *\\  ]] && COMP_WORDS+=("")
  COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
  COMPREPLY=()
  $(complete -p tablesync | sed 's/.*-F \\([^ ]*\\).*/\\1/')
  printf '%s\\n' "\${COMPREPLY[@]}" | sort | tr '\\n' ' ' | sed 's/ *$//'
  echo
done
`,
  // A shell at a terminal of its own, in which the Tab key is pressed.
  zsh: `
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell "autoload -Uz compinit && compinit -u -d ./dump && source ./script"
zpty -w shell "tell() { print -r -- \\"<<<\\$BUFFER>>>\\"; BUFFER=; zle redisplay }"
zpty -w shell "zle -N tell; bindkey '^I' complete-word '^G' tell; LISTMAX=1000; print REA''DY"
zpty -r -m shell output '*READY*'
for line in "$@"; do
  zpty -w -n shell "$line"$'\\t\\a'
  zpty -r -m shell output '*<<<*>>>*'
  print -r -- "\${\${output##*<<<}%%>>>*}"
done
zpty -d shell
`,
  fish: `
source ./script
for line in $argv
  set -l words (complete -C "$line" | string split -f1 \\t | sort)
  echo $words
end
`,
}
