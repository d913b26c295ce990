/** What came is no HTTP, as far as it is known here; named as Node.js names such errors. */
export function misread(what: string): Error {
  return Object.assign(new Error(`not HTTP as it is known here: ${what}`), {
    code: 'HPE_UNEXPECTED',
  })
}
