/** Rules that change the meaning of a result, for a line at the beginning and in the verdict. */
import { counted } from '../../model/figures.ts'
import type { RunRules } from '../../model/run-rules.ts'

/** No line if everything is as usual. `startingKey`: DynamoDB JSON text. */
export function rulesLines(rules: RunRules, startingKey?: string): string[] {
  const { ignore, only = [], versionAttribute, newerWins, hooks, comparesExpired } = rules
  const { quiesced, filter, leavesMissing, masks } = rules
  const newer = newerWins ? ', and newer items of a replica are left' : ''
  const told = [
    ...(rules.first === undefined
      ? []
      : [`only the first ${counted(rules.first, 'item')} that the scan of the master returns`]),
    ...(filter === undefined ? [] : [`only items of the master where ${filter}`]),
    ...(only.length > 0 ? [`compared: only ${only.join(', ')}`] : []),
    ...(ignore.length > 0 ? [`ignored: ${ignore.join(', ')}`] : []),
    ...(leavesMissing ? ['missing items are left (--missing-items whole puts them whole)'] : []),
    ...(versionAttribute === undefined ? [] : [`versions by ${versionAttribute}${newer}`]),
    ...(hooks === undefined ? [] : [`hooks ${hooks}`]),
    ...(masks === undefined ? [] : [`values are masked (${masks})`]),
    ...(rules.transforms ? ['items of the master are what the hook transform makes of them'] : []),
    ...(comparesExpired ? ['expired items are compared like any other'] : []),
    ...(quiesced ? ['nobody else writes (--quiesced)'] : []),
    ...(startingKey === undefined ? [] : [`only what comes after the key ${startingKey}`]),
  ]
  return told.length === 0 ? [] : [`rules   ${told.join('; ')}`]
}
