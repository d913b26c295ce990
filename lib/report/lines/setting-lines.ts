/** The settings in which a replica is not like the master. */
import type { DifferingSetting, DifferingSettings } from '../../model/tables/table-settings.ts'

/** Lines of a summary are few; `--json` has all. */
const MOST = 8

export function settingLines(settings: DifferingSettings = {}): string[] {
  const all = Object.entries(settings)
  const more = all.length > MOST ? [`        and ${all.length - MOST} more settings (--json)`] : []
  return [
    ...all.slice(0, MOST).map(([name, setting]) => `        setting     ${name}: ${told(setting)}`),
    ...more,
  ]
}

function told({ master, replica }: DifferingSetting): string {
  if (replica === null) return `only the master has it (${master})`
  if (master === null) return `only the replica has it (${replica})`
  return `master ${master}, replica ${replica}`
}
