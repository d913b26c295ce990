/**
 * Makes text from outside safe to show. Keys, names and service messages may contain characters
 * that control a terminal, forge a line, or hide and reorder what follows. They are shown as JSON
 * spells them, so that a key in JSON stays the same key.
 */

/** Control and format characters, line ends, lone surrogates, and what has no glyph of its own. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}]/gu

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

export function printable(text: string): string {
  return text.replace(UNSAFE, (character) => SHORT[character] ?? escaped(character))
}

export function isPrintable(text: string): boolean {
  return text === printable(text)
}

function escaped(character: string): string {
  const units = character.split('')
  return units.map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')
}
