/** Picks the settings that change the meaning of a run's result. */
import type { RunRules } from '../../model/run-rules.ts'
import type { Settings } from '../../options/settings.ts'

export function rulesOf(settings: Settings): RunRules {
  const { ignore, only, versionAttribute, newerWins, hooks, ttlAware, recheckPolicy } = settings
  const { filter, putsWhole, change } = settings
  return {
    ignore,
    ...(only.length > 0 && { only }),
    ...(!putsWhole && { leavesMissing: true as const }),
    ...(versionAttribute !== undefined && { versionAttribute }),
    newerWins,
    ...(filter !== undefined && { filter: filter.expression }),
    ...(settings.first !== undefined && { first: settings.first }),
    ...(hooks !== undefined && { hooks: hooks.url }),
    ...(change?.masks !== undefined && { masks: change.masks.mark }),
    ...(change?.transform !== undefined && { transforms: true as const }),
    comparesExpired: !ttlAware,
    quiesced: !recheckPolicy.looksAgain,
  }
}
