/** Loads the user's rules: in each worker thread, and once in the main thread to see that they are some. */
import { TablesyncError, usageError } from '../errors.ts'
import { HOOK_NAMES, type Hooks } from '../model/hooks.ts'

/**
 * @param url of an ES module
 * @throws TablesyncError with code `USAGE`
 */
export async function loadHooks(url: string): Promise<Hooks> {
  const module = await import(url).catch((cause: unknown) => {
    const { message } = cause as Error
    throw new TablesyncError(`Cannot load the hooks ${url}: ${message}`, {
      code: 'USAGE',
      scope: 'run',
      hint: 'Name an ES module that Node can import by itself.',
      cause,
    })
  })
  const { items, ...exported } = module as Record<string, unknown>
  const known: readonly string[] = HOOK_NAMES
  const hooks = Object.entries(exported).filter(([name]) => known.includes(name))
  const wrong = hooks.find(([, hook]) => typeof hook !== 'function')
  const isMisspelt = (name: string) => /^on[A-Z]/.test(name) && !known.includes(name)
  const stray = Object.keys(exported).find(isMisspelt)
  if (hooks.length === 0 || wrong !== undefined || stray !== undefined) {
    const got = stray ?? wrong?.[0] ?? 'none of them'
    throw usageError(
      `Expected the hooks ${url} to export functions named ${known.join(', ')}; got ${got}`,
    )
  }
  if (items !== undefined && items !== 'dynamodb' && items !== 'plain') {
    throw usageError(`Expected \`items\` of the hooks ${url} to be 'dynamodb' or 'plain'`)
  }
  return { ...Object.fromEntries(hooks), ...(items !== undefined && { items }) } as Hooks
}
