/** From the settings of a run to what changes the meaning of its result. */
import type { RunRules } from '../../model/run-rules.ts'
import type { Settings } from '../../options/settings.ts'

export function rulesOf(settings: Settings): RunRules {
  const { ignore, versionAttribute, newerWins, hooks, ttlAware, recheckPolicy } = settings
  return {
    ignore,
    ...(versionAttribute !== undefined && { versionAttribute }),
    newerWins,
    ...(hooks !== undefined && { hooks: hooks.url }),
    comparesExpired: !ttlAware,
    quiesced: !recheckPolicy.looksAgain,
  }
}
