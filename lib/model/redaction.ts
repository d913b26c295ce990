/** Removes secrets from what is printed or kept. No other file knows how. */

/** What replaces a secret. */
const GONE = '…'

/** User and password before the host of a URL that stands in a text. */
const USER_IN_TEXT = /([a-z][a-z\d+.-]*:\/{1,2})[^\s/?#\\"]*@/gi

/** The same if the URL is the whole text: a password may contain blanks and quotes. */
const USER_OF_URL = /^(\s*[a-z][a-z\d+.-]*:\/{1,2})([^/?#\\]*)@/i

/** A text that may be printed: without the passwords of URLs, and without known secrets. */
export function redacted(text: string, secrets: readonly string[] = []): string {
  const known = secrets.reduce(
    (clean, secret) => clean.replaceAll(asWord(secret), () => GONE),
    text.replace(USER_OF_URL, `$1${GONE}@`),
  )
  return known.replaceAll(USER_IN_TEXT, `$1${GONE}@`)
}

/** User and password of a URL, as they are written. Undefined: it has none, or is no URL. */
export function userOf(url: string): string | undefined {
  return USER_OF_URL.exec(url)?.[2]
}

/** Matches whole words only: a token of six digits is not cut out of a longer number. */
const asWord = (secret: string) =>
  new RegExp(
    `(?<![\\p{L}\\d])${secret.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')}(?![\\p{L}\\d])`,
    'gu',
  )
