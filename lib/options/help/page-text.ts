/** The text of a page that was asked for. No run loads it. */
import type { Page, Shell } from './asked-page.ts'
import { bashCompletion } from './bash-completion.ts'
import { fishCompletion } from './fish-completion.ts'
import { helpText } from './help-text.ts'
import { TOPIC_TEXTS } from './topics.ts'
import { WELCOME } from './welcome.ts'
import { zshCompletion } from './zsh-completion.ts'

const COMPLETIONS: { readonly [shell in Shell]: () => string } = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
}

export function pageText(page: Page): string {
  switch (page.kind) {
    case 'help':
      return helpText(page.command)
    case 'topic':
      return TOPIC_TEXTS[page.topic]
    case 'completion':
      return COMPLETIONS[page.shell]()
    case 'welcome':
      return WELCOME
    default:
      return page satisfies never
  }
}
