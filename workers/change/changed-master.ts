/** The master of a task as the run changes it. */
import { changedTable } from '../../lib/dynamo/changed/changed-table.ts'
import type { Claim } from '../../lib/dynamo/changed/item-change.ts'
import { SealedKeys } from '../../lib/dynamo/changed/sealed-keys.ts'
import type { ReadableTable } from '../../lib/dynamo/item-table.ts'
import type { DigestOf } from '../../lib/item/digest.ts'
import type { KeySchema } from '../../lib/model/tables/table.ts'
import { CLAIM_WORDS, type ClaimRequests } from '../../lib/protocol/claim-requests.ts'
import type { WorkerSetup } from '../../lib/protocol/setup.ts'
import type { HookCalls } from '../hook-calls.ts'
import { openChange } from './change-of-items.ts'

type ChangeMaster = (
  master: ReadableTable,
  rules: HookCalls,
  claims: ClaimRequests,
) => ReadableTable

export function openMasterChange(
  setup: WorkerSetup,
  schema: KeySchema,
  digestOf: DigestOf,
): ChangeMaster {
  const open = openChange(setup, schema)
  if (open === undefined || setup.change === undefined) return (master) => master
  const sealed = new SealedKeys(setup.change.seal)
  return (master, rules, claims) => {
    const claim = (some: readonly Claim[]) => claims.claim(hashed(some, digestOf))
    return changedTable(master, open(rules, claim), sealed)
  }
}

/** No hash of a key leaves the memory of the run. */
function hashed(claims: readonly Claim[], digestOf: DigestOf): Uint32Array {
  const words = new Uint32Array(claims.length * CLAIM_WORDS)
  for (const [at, { key, origin }] of claims.entries()) {
    const digits = digestOf(key) + digestOf(origin).slice(0, 8)
    for (let word = 0; word < CLAIM_WORDS; word++) {
      words[at * CLAIM_WORDS + word] = Number.parseInt(digits.slice(word * 8, word * 8 + 8), 16)
    }
  }
  return words
}
