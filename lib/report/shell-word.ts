/** Text as one word of a command, ready to paste into a shell. */
import { isPrintable, printable } from './printable.ts'

export function shellWord(text: string): string {
  if (/^[\w@%+=:,./-]+$/.test(text)) return text
  if (isPrintable(text)) return `'${text.replaceAll("'", `'\\''`)}'`
  // bash, zsh and ksh decode this; plain quotes would keep characters that cannot be shown.
  return `$'${printable(text.replaceAll('\\', '\\\\').replaceAll("'", "\\'"))}'`
}
