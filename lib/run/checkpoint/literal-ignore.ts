/** Resumes runs of earlier releases, whose `--ignore` took each text for a bare name. */
import { pathText } from '../../item/path.ts'
import { isBareName } from '../../item/places/recorded-paths.ts'
import type { RunOptions } from '../../options/run-options.ts'
import { readCheckpoint } from './checkpoint-file.ts'

/** The options with the meaning that the same texts had when the run began. */
export async function withLiteralIgnore(options: RunOptions): Promise<RunOptions> {
  const { checkpoint, resume, ignore } = options
  if (resume !== true || typeof checkpoint !== 'string' || !Array.isArray(ignore)) return options
  if (ignore.every((text) => typeof text !== 'string' || isBareName(text))) return options
  // A file that cannot be read is refused where the checkpoint is opened.
  const taken = await readCheckpoint(checkpoint).catch(() => undefined)
  const names = taken?.options['ignore']
  const isLiteral = Array.isArray(names) && names.some((name) => !isBareName(String(name)))
  if (!isLiteral || JSON.stringify(names) !== JSON.stringify(ignore)) return options
  return { ...options, ignore: ignore.map((name) => pathText([name])) }
}
