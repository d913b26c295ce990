/** An error for bytes that are not HTTP as this parser knows it, with a code as in Node.js. */
export function misread(what: string): Error {
  return Object.assign(new Error(`invalid HTTP response: ${what}`), {
    code: 'HPE_UNEXPECTED',
  })
}
