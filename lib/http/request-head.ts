/** What stands before the body of a request. */
import type { RequestAddress } from '../model/request-address.ts'

/** All but the characters that a header's value may have (RFC 9110, section 5.5). */
const FORBIDDEN = /[^\t\x20-\x7e\x80-\xff]/

/** @throws TypeError for a header's value that HTTP does not allow, without naming it: it may be a secret */
export type HeadOf = (headers: Readonly<Record<string, string>>) => string

export function headWriter({ method, path, query }: RequestAddress['request']): HeadOf {
  const asked = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    for (const each of Array.isArray(value) ? value : [value ?? '']) asked.append(name, each)
  }
  const start = `${method} ${path}${asked.size > 0 ? `?${asked}` : ''} HTTP/1.1\r\n`
  return (headers) => {
    let head = start
    for (const name in headers) {
      const value = headers[name] as string
      if (FORBIDDEN.test(value)) throw new TypeError(`a character that no header may have: ${name}`)
      head += `${name}: ${value}\r\n`
    }
    return `${head}\r\n`
  }
}
