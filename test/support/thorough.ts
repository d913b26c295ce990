/**
 * Two sizes of the tests. `npm test` plays a part of the random cases, and leaves out what takes
 * minutes. `npm run test:thorough` plays all of that; CI does both.
 */
const IS_THOROUGH = process.env['TABLESYNC_TEST_THOROUGH'] === 'yes'

/** How many random cases to play; the variable asks for a number of its own. */
export function casesToPlay(all: number, few: number, variable: string): number {
  return Number(process.env[variable] ?? (IS_THOROUGH ? all : few))
}

/** For the option `skip` of a test. */
export const skipLong = IS_THOROUGH ? false : 'takes minutes: npm run test:thorough plays it'
