/** Files that are read whole: a pipe that nobody writes to would keep us waiting, and a device has no end. */
import { readFile, stat } from 'node:fs/promises'

/** @throws an error that says so where the file is not there, or is none that can be read whole */
export async function readRegularFile(file: string): Promise<string> {
  await refuseIrregular(file)
  return readFile(file, 'utf8')
}

/** @throws an error that says so where there is no file of that name, or it is none that has an end */
export async function refuseIrregular(file: string): Promise<void> {
  const found = await stat(file)
  if (!found.isFile()) throw new Error('it is a folder, a pipe or a device')
}
