/** Refuses one file for two purposes: a report written over the journal in use would ruin both. */
import { readlink, realpath, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { asTablesyncError, usageError } from '../errors.ts'

/** What follows the checkpoint's name in the names of the files that it keeps beside itself. */
export const BESIDE_CHECKPOINT = /\.(next|lock(\..+)?|(writes|extras)\.\d+)$/

export interface FilesInUse {
  /** Paths, by the name that the user knows. Undefined: the user did not ask for this file. */
  readonly files: Readonly<Record<string, string | undefined>>
  /** Names of entries that are checkpoints, which keep files of their own beside them. */
  readonly checkpoints?: readonly string[]
}

/** @throws TablesyncError with code `USAGE` if two are one file, or one is the checkpoint's own */
export async function refuseSharedFiles({ files, checkpoints = [] }: FilesInUse): Promise<void> {
  const places = await Promise.all(
    Object.entries(files).flatMap(([name, file]) =>
      file === undefined ? [] : placeOf(name, file),
    ),
  ).catch((error: unknown) => {
    // The working directory, where relative paths begin, may be gone.
    throw asTablesyncError(error)
  })
  for (const [at, place] of places.entries()) {
    const other = places.slice(0, at).find((before) => isSame(before, place))
    if (other !== undefined) {
      throw usageError(
        `Expected \`${other.name}\` and \`${place.name}\` to be different files, got ${place.file} twice`,
        'Give each a file of its own.',
      )
    }
  }
  for (const own of places.filter(({ name }) => checkpoints.includes(name))) {
    const taken = places.find((place) => place !== own && liesBeside(own, place))
    if (taken === undefined) continue
    throw usageError(
      `\`${taken.name}\` ${taken.file} has a name that \`${own.name}\` keeps for itself`,
      "Choose a name that does not begin with the checkpoint's.",
    )
  }
}

/** The path of a file URL. Undefined: the URL names no file on this machine. */
export function fileBehind(url: string | undefined): string | undefined {
  try {
    return url === undefined ? undefined : fileURLToPath(url)
  } catch {
    return undefined
  }
}

interface Place {
  readonly name: string
  readonly file: string
  /** The path with the links in its folder resolved, but not the file itself if it is a link. */
  readonly beside: string
  readonly real: string
  /** Which file it is, whatever names it has. Undefined: there is no file yet. */
  readonly id: string | undefined
}

async function placeOf(name: string, file: string): Promise<Place> {
  const found = await stat(file).catch(() => undefined)
  return {
    ...{ name, file, beside: await inRealFolder(file), real: await realOf(file) },
    id: found && `${found.dev}:${found.ino}`,
  }
}

const isSame = (one: Place, other: Place) =>
  one.real === other.real || (one.id !== undefined && one.id === other.id)

const isBeside = (ending: string) => BESIDE_CHECKPOINT.exec(ending)?.index === 0

const liesBeside = ({ beside, real }: Place, other: Place) =>
  [beside, real].some((own) =>
    [other.beside, other.real].some(
      (place) => place.startsWith(own) && isBeside(place.slice(own.length)),
    ),
  )

/** More links in a row are a loop; the operating system treats them as one, too. */
const MOST_LINKS = 40

/** The path with all links resolved. If there is no file yet: where it will be. */
export async function realOf(file: string, links = 0): Promise<string> {
  const real = await realpath(file).catch(() => undefined)
  if (real !== undefined) return real
  const place = await inRealFolder(file)
  const target = links < MOST_LINKS ? await readlink(place).catch(() => undefined) : undefined
  return target === undefined ? place : realOf(resolve(dirname(place), target), links + 1)
}

async function inRealFolder(file: string): Promise<string> {
  const folder = await realpath(dirname(file)).catch(() => resolve(dirname(file)))
  return join(folder, basename(file))
}
