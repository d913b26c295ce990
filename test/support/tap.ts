/**
 * tap, without the hooks by which it follows every promise of a process to the
 * test that made it: they take more CPU than many a test. What is thrown outside
 * of a test's own promises ends the process, and so fails its file.
 */
import hooks from 'node:async_hooks'
import { syncBuiltinESMExports } from 'node:module'

const { createHook } = hooks
hooks.createHook = () => createHook({})
syncBuiltinESMExports()

const { default: t } = await import('tap')

export type { Test } from 'tap'
export { t }
