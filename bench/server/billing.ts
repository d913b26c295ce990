/** Units by the rules of the service. */

/** On the wire an item takes more than the service counts: types, quotes, brackets. */
export const COUNTED_SHARE = 0.65

/** Read units so far: of scans, of eventually consistent lookups, of strongly consistent ones. */
export const billed = { scan: 0, lookup: 0, recheck: 0 }

export const readUnits = (bytes: number, isConsistent = false) =>
  Math.max(1, Math.ceil((bytes * COUNTED_SHARE) / 4096)) / (isConsistent ? 1 : 2)

export const writeUnits = (bytes: number) => Math.max(1, Math.ceil((bytes * COUNTED_SHARE) / 1024))
