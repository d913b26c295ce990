/** The series of one file, without the label that has the file's name. */

/** @throws Error where a series lacks the label */
export function withoutFile(text: string, file: string): string {
  const label = `file="${file}"`
  const lines = text.split('\n').map((line) => {
    if (line === '' || line.startsWith('#')) return line
    if (!line.includes(label)) throw new Error(`no ${label} in ${line}`)
    return line.replace(`,${label}`, '').replace(`{${label}}`, '')
  })
  return lines.join('\n')
}
