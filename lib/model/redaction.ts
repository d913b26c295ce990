/** Takes secrets out of what is printed or kept: the one place that knows how. */

/** Stands where a secret stood. */
const GONE = '…'

/** User and password before the host of a URL that stands in a text. */
const USER_IN_TEXT = /([a-z][a-z\d+.-]*:\/{1,2})[^\s/?#\\"]*@/gi

/** The same where the URL is all of the text: a password may hold blanks and quotes. */
const USER_OF_URL = /^(\s*[a-z][a-z\d+.-]*:\/{1,2})([^/?#\\]*)@/i

/** A text as it may be printed: without the passwords of URLs, and without secrets that are known. */
export function redacted(text: string, secrets: readonly string[] = []): string {
  const known = secrets.reduce(
    (clean, secret) => clean.replaceAll(asWord(secret), () => GONE),
    text.replace(USER_OF_URL, `$1${GONE}@`),
  )
  return known.replaceAll(USER_IN_TEXT, `$1${GONE}@`)
}

/** User and password of a URL as they stand there. Undefined: it has none, or is no URL. */
export function userOf(url: string): string | undefined {
  return USER_OF_URL.exec(url)?.[2]
}

/** A token of six digits is not taken out of a longer number. */
const asWord = (secret: string) =>
  new RegExp(
    `(?<![\\p{L}\\d])${secret.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')}(?![\\p{L}\\d])`,
    'gu',
  )
