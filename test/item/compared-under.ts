import { type Compared, comparing } from '../../lib/item/places/compared.ts'
import { pathMeant } from '../../lib/item/places/recorded-paths.ts'
import { type Rules, spelt } from './places-oracle.ts'

/** As the options would make it: through the spelling that threads get. */
export const comparedUnder = ({ ignore = [], only = [] }: Rules): Compared => {
  const canonical = (path: Parameters<typeof spelt>[0]) => pathMeant(spelt(path)) as string
  return comparing({ ignore: ignore.map(canonical), only: only.map(canonical) })
}
