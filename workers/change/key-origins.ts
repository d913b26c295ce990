/** The master's keys that travel with those of the replica, for a plan that holds both. */
import { SealedKeys } from '../../lib/dynamo/changed/sealed-keys.ts'
import type { KeyText } from '../../lib/item/key.ts'
import { originOf, withOrigin } from '../../lib/item/key-origin.ts'
import type { ChangeSetup } from '../../lib/model/items/item-changes.ts'

export interface KeyOrigins {
  /** The key of the master's item. Undefined: it is that of the replica's. */
  originOf(key: KeyText): KeyText | undefined
  withOrigin(key: KeyText, masterKey: KeyText): KeyText
}

export function keyOrigins(change: ChangeSetup | undefined): KeyOrigins {
  if (change === undefined) return { originOf: () => undefined, withOrigin: (key) => key }
  const sealed = new SealedKeys(change.seal)
  return {
    originOf(key) {
      const origin = originOf(key)
      return origin === undefined ? undefined : sealed.open(origin)
    },
    withOrigin: (key, masterKey) => withOrigin(key, sealed.seal(masterKey)),
  }
}
