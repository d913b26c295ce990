/**
 * tap, without its async hooks. They trace each promise to the test that made
 * it, and take up to half of a test's CPU. An error thrown outside of a test's
 * own promises ends the process instead, and so fails the test file.
 */
import hooks from 'node:async_hooks'
import { syncBuiltinESMExports } from 'node:module'

const { createHook } = hooks
hooks.createHook = () => createHook({})
syncBuiltinESMExports()

const { default: t } = await import('tap')

// How long a test takes depends on what else the machine does: `node --test` has the limit.
t.setTimeout(0)

export type { Test } from 'tap'
export { t }
