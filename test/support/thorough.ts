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

/** Of what is alike, one in this many is played. Both of a pair get their turn, since it is odd. */
const SHARE = 5

/** Of rows that are alike, and each take a while. */
export const fewOf = <Row>(rows: readonly Row[]): readonly Row[] =>
  IS_THOROUGH ? rows : rows.filter((_, at) => at % SHARE === 0)

let asked = 0

/** Options of a test that is one of many alike. */
export function oneOfMany(): { readonly skip: string | false } {
  const isTurn = asked++ % SHARE === 0
  return {
    skip: IS_THOROUGH || isTurn ? false : 'one of many alike: npm run test:thorough plays it',
  }
}
