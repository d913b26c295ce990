/** A hook that says that it was called, and never answers. See `hooksModule`. */
export const waitsForEver = (mark: string) =>
  `import { writeFileSync } from 'node:fs'
  export function shouldRevert() {
    writeFileSync(${mark}, '')
    return new Promise(() => {})
  }`
