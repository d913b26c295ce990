/** API reference, "Scan": the most that `TotalSegments` may be. */
export const MOST_SEGMENTS = 1_000_000
