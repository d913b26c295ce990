/**
 * Loads the user's rules in a thread: first in one that only tries them, then in each worker. Never
 * in the main thread, which a module could end or hold up.
 */
import { Console } from 'node:console'
import { stderr, stdout } from 'node:process'
import { type TablesyncError, usageError } from '../errors.ts'
import { type Hooks, type HooksSource, REVERT_HOOKS, RUN_HOOKS } from '../model/hooks.ts'

/**
 * From here on, what a module prints goes to stderr: standard output is for the result.
 *
 * @throws TablesyncError with code `USAGE` if the module exports no rules, or does not load in time
 */
export async function loadHooks(source: HooksSource): Promise<Hooks> {
  globalThis.console = new Console(stderr)
  stdout.write = stderr.write.bind(stderr)
  const { url } = source
  const { items, ...exported } = await importInTime(source)
  const known: readonly string[] = [...RUN_HOOKS, ...REVERT_HOOKS]
  const wanted: readonly string[] = source.isForRevert ? REVERT_HOOKS : RUN_HOOKS
  const hooks = Object.entries(exported).filter(([name]) => known.includes(name))
  const wrong = hooks.find(([, hook]) => typeof hook !== 'function')
  // A misspelt `transform` would let items through as they are.
  const isMisspelt = (name: string) =>
    (/^(on|should)[A-Z]/.test(name) || /^(trans|tranf|trasf)/i.test(name)) && !known.includes(name)
  const stray = Object.keys(exported).find(isMisspelt)
  const isOfUse = hooks.some(([name]) => wanted.includes(name))
  if (!isOfUse || wrong !== undefined || stray !== undefined) {
    const got = stray ?? wrong?.[0] ?? 'none of them'
    throw usageError(
      `Expected the hooks ${url} to export functions named ${wanted.join(', ')}; got ${got}`,
      'Correct the name, or export a function of one of these names.',
    )
  }
  if (items !== undefined && items !== 'dynamodb' && items !== 'plain') {
    throw usageError(
      `Expected \`items\` of the hooks ${url} to be 'dynamodb' or 'plain'`,
      'Export one of these, or no `items`.',
    )
  }
  return { ...Object.fromEntries(hooks), ...(items !== undefined && { items }) } as Hooks
}

async function importInTime(source: HooksSource): Promise<Record<string, unknown>> {
  const { url, loadsWithin } = source
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    // The timer keeps no thread alive: a module that waits for nothing ends its thread at once.
    timer = setTimeout(() => reject(tooLate(source)), loadsWithin).unref()
  })
  try {
    return await Promise.race([import(url) as Promise<Record<string, unknown>>, late])
  } catch (thrown) {
    const error = thrown as Partial<TablesyncError>
    throw error.code === 'USAGE' ? thrown : cannotLoad(url, error.message ?? String(thrown))
  } finally {
    clearTimeout(timer)
  }
}

export function cannotLoad(url: string, why: string): TablesyncError {
  return usageError(
    `Cannot load the hooks ${url}: ${why}`,
    'Name an ES module that Node can import by itself.',
  )
}

export function tooLate({ url, loadsWithin }: HooksSource): TablesyncError {
  return usageError(
    `The hooks ${url} did not load within ${loadsWithin / 1000} s`,
    'Start slow work while the module loads, and await it only in the hooks that need it.',
  )
}
