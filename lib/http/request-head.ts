/** Writes the head of a request. */
import { type RequestAddress, urlOf } from '../model/tables/request-address.ts'
import type { HttpProxy } from './proxy.ts'

/** Matches a character that a header's value may not have (RFC 9110, section 5.5). */
const FORBIDDEN = /[^\t\x20-\x7e\x80-\xff]/

/** @throws TypeError for a value that HTTP forbids; the error omits it: it may be a secret */
export type HeadOf = (headers: Readonly<Record<string, string>>) => string

/** `proxy`: takes plain HTTP requests itself, and needs the whole URL (RFC 9112, section 3.2.2). */
export function headWriter(address: RequestAddress['request'], proxy?: HttpProxy): HeadOf {
  const { method, path, query, protocol } = address
  const asked = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    for (const each of Array.isArray(value) ? value : [value ?? '']) asked.append(name, each)
  }
  const isAsked = proxy !== undefined && protocol === 'http:'
  const where = `${isAsked ? urlOf(address) : ''}${path}${asked.size > 0 ? `?${asked}` : ''}`
  let start = `${method} ${where} HTTP/1.1\r\n`
  for (const [name, value] of Object.entries(isAsked ? proxy.headers : {})) {
    start += `${name}: ${value}\r\n`
  }
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
