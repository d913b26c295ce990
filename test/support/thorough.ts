/**
 * Two sizes of the tests. `npm test` plays a part of the random cases and of tests that are alike,
 * and leaves out what takes minutes. `npm run test:thorough` plays all of that; CI does both.
 */
const IS_THOROUGH = process.env['TABLESYNC_TEST_THOROUGH'] === 'yes'

/** How many random cases to play; the variable asks for a number of its own. */
export function casesToPlay(all: number, few: number, variable: string): number {
  return Number(process.env[variable] ?? (IS_THOROUGH ? all : few))
}

/** For the option `skip` of a test. */
export const skipLong = IS_THOROUGH ? false : 'takes minutes: npm run test:thorough plays it'

let asked = 0

/**
 * Options of a test that is one of many alike: every fifth of a file is played. Both of a pair get
 * their turn, since five is odd.
 */
export function oneOfMany(): { readonly skip: string | false } {
  const isTurn = asked++ % 5 === 0
  return {
    skip: IS_THOROUGH || isTurn ? false : 'one of many alike: npm run test:thorough plays it',
  }
}
