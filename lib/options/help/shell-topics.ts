/** Texts of `tablesync help <topic>` on what goes on between tablesync and the shell. */
import { consentFlags } from '../environment.ts'
import { WIDTH, wrapped } from './columns.ts'

export const SHELL_TOPICS = {
  environment: `Flags in the environment

Each flag can be given as a variable: TABLESYNC_ and its name in capitals.

  TABLESYNC_READ_CAPACITY=500       --read-capacity 500
  TABLESYNC_VERBOSE=true            --verbose; also false, 1 and 0
  TABLESYNC_REPLICA=eu-west-1:Orders,eu-west-2:Orders
                                    two --replica

- A flag on the command line wins.
- A command ignores variables of flags that it does not take.
- TABLESYNC_KEY, _IGNORE, _ONLY and _ATTRIBUTE have one value a line, no commas.
- Variables with unknown names are refused, but for TABLESYNC_TEST_... and
  TABLESYNC_MASK_KEY, the key of --masks.

These flags consent to something. Only a command line can give them:
${indented(consentFlags().join(', '))}

More: docs/environment.md`,

  'exit-codes': `Exit codes

  0                 in sync, or every difference repaired
  1                 differences remain
  2                 usage or set-up; nothing was scanned or written
  3                 incomplete: something could not be read, verified or written
  4                 stopped by a safeguard, or an answer was not yes
  129, 130, 143     interrupted: SIGHUP; Ctrl-C or --max-duration; SIGTERM

The code is never 0 if work was skipped. If several apply, the first of these
wins: 2; then 129, 130 or 143; then 4, 3, 1, 0.

\`tablesync show --since\` exits with 1 if something is new.

More: docs/results.md`,

  completion: `Complete flags and commands with the Tab key

bash   in ~/.bashrc:                source <(tablesync completion bash)
       with bash 3 (macOS):         eval "$(tablesync completion bash)"
zsh    in ~/.zshrc after compinit:  source <(tablesync completion zsh)
fish   once:
       tablesync completion fish > ~/.config/fish/completions/tablesync.fish

The scripts do not call tablesync. Make them again after an upgrade if you have
saved them.

More: docs/environment.md`,
}

function indented(text: string): string {
  return wrapped(text, WIDTH - 2)
    .map((line) => `  ${line}`)
    .join('\n')
}
