/** What capacity costs: the user's own figures, since prices change. */
export interface Prices {
  /** Such as USD. */
  readonly currency: string
  /** Of one read unit. */
  readonly readUnit: number
  /** Of one write unit. */
  readonly writeUnit: number
  /** Of a GB (10^9 bytes) sent to another region. Absent: nothing. */
  readonly transferGb?: number
}
