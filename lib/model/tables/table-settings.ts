/** How a table is set up, besides its primary key. */

/** By the name of the setting, in words: equal settings have equal words. */
export type TableSettings = Readonly<Record<string, string>>

/** A setting in which a replica is not like the master. Null: there it does not exist. */
export interface DifferingSetting {
  readonly master: string | null
  readonly replica: string | null
}

/** By the name of the setting, sorted. */
export type DifferingSettings = Readonly<Record<string, DifferingSetting>>

/** Asked for by itself: a table whose settings do not have it may expire items or not. */
export const TIME_TO_LIVE = 'time to live'

export function differingSettings(
  master: TableSettings,
  replica: TableSettings,
): DifferingSettings {
  const names = [...new Set([...Object.keys(master), ...Object.keys(replica)])].sort()
  const differing: Record<string, DifferingSetting> = {}
  for (const name of names) {
    const setting = { master: master[name] ?? null, replica: replica[name] ?? null }
    if (setting.master === setting.replica) continue
    const isUnknown = setting.master === null || setting.replica === null
    if (!(isUnknown && name === TIME_TO_LIVE)) differing[name] = setting
  }
  return differing
}
