/**
 * Files that are read whole, and whether one is there.
 * A pipe that nobody writes to would block, and a device has no end.
 */
import { readFile, stat } from 'node:fs/promises'

/** @throws an error that says so if the file does not exist, or cannot be read whole */
export async function readRegularFile(file: string): Promise<string> {
  await refuseIrregular(file)
  return readFile(file, 'utf8')
}

/** @throws an error that says so if the file does not exist, or is not a regular file */
export async function refuseIrregular(file: string): Promise<void> {
  const found = await stat(file)
  if (!found.isFile()) throw new Error('it is a folder, a pipe or a device')
}

export const isThere = (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    () => false,
  )

/** In bytes. Undefined: there is no such file. */
export const sizeOf = (file: string): Promise<number | undefined> =>
  stat(file).then(
    ({ size }) => size,
    () => undefined,
  )
