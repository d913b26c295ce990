/** One file for one thing: a report written over the journal in use would be the end of both. */
import { readlink, realpath, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { asTablesyncError, usageError } from '../errors.ts'

/** What a checkpoint keeps beside itself, by what follows its name. */
const BESIDE_CHECKPOINT = /^\.(next|lock(\..+)?|(writes|extras)\.\d+)$/

export interface FilesInUse {
  /** By what the user calls them; undefined ones are not asked for. */
  readonly files: Readonly<Record<string, string | undefined>>
  /** The name of the one among them that is a checkpoint, and has files of its own beside it. */
  readonly checkpoint?: string
}

/** @throws TablesyncError with code `USAGE` where two of them are one */
export async function refuseSharedFiles({ files, checkpoint = '' }: FilesInUse): Promise<void> {
  const places = await Promise.all(
    Object.entries(files).flatMap(([name, file]) =>
      file === undefined ? [] : placeOf(name, file),
    ),
  ).catch((error: unknown) => {
    // The folder that relative paths begin from may be gone.
    throw asTablesyncError(error)
  })
  for (const [at, place] of places.entries()) {
    const other = places.slice(0, at).find((before) => isSame(before, place))
    if (other !== undefined) {
      throw usageError(
        `Expected \`${other.name}\` and \`${place.name}\` to be different files, got ${place.file} twice`,
      )
    }
  }
  const own = places.find(({ name }) => name === checkpoint)
  const taken = own && places.find((place) => place !== own && liesBeside(own, place))
  if (taken === undefined) return
  throw usageError(
    `Expected \`${taken.name}\` to be a file that \`${checkpoint}\` does not keep for itself, got ${taken.file}`,
    'Beside a checkpoint, names that begin with its own are taken: give it another name.',
  )
}

/** The path of a file URL; undefined where it is of no file here. */
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
  /** Where it lies, itself not followed if it is a link. */
  readonly beside: string
  /** Where its content is, behind all links; of one that is not there yet, where it will be. */
  readonly real: string
  /** Which file it is, whatever names it has. Undefined: it is not there yet. */
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

const liesBeside = ({ beside, real }: Place, other: Place) =>
  [beside, real].some((own) =>
    [other.beside, other.real].some(
      (place) => place.startsWith(own) && BESIDE_CHECKPOINT.test(place.slice(own.length)),
    ),
  )

/** More links than this in a row are a ring, to the system too. */
const MOST_LINKS = 40

async function realOf(file: string, links = 0): Promise<string> {
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
