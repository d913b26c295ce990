/** HTML from templates. Whatever is put into one is escaped, unless it is markup itself. */
import { printable } from '../report/printable.ts'

declare const markupBrand: unique symbol

/** Text that is HTML already. Only this file makes it. */
export interface Markup {
  readonly [markupBrand]: true
  readonly html: string
}

/** `undefined` and `false` leave nothing behind. */
export type Content = Markup | string | number | undefined | false | readonly Content[]

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Control characters and U+202E are spelt out first: a browser would obey them. */
export const escaped = (text: string): string =>
  printable(text).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '')

/** @param text HTML that a library made, or that this room wrote */
export const trusted = (text: string): Markup => ({ html: text }) as Markup

export function html(strings: TemplateStringsArray, ...contents: readonly Content[]): Markup {
  return trusted(
    strings.reduce((before, string, at) => `${before}${htmlOf(contents[at - 1])}${string}`),
  )
}

function htmlOf(content: Content): string {
  if (content === undefined || content === false) return ''
  if (typeof content === 'string') return escaped(content)
  if (typeof content === 'number') return String(content)
  if (isList(content)) return content.map(htmlOf).join('')
  return content.html
}

const isList = (content: Content): content is readonly Content[] => Array.isArray(content)
