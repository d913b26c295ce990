/** Runs that end early. */
import { asks, type Scene } from '../support/scene.ts'

/** Ends the run at its n-th request for items. */
export function interruptAt(scene: Pick<Scene, 'replica'>, n: number): AbortSignal {
  const ending = new AbortController()
  let requests = 0
  scene.replica.stub.on((request) => {
    if (asks('Scan', 'BatchGetItem')(request) && ++requests === n) ending.abort()
    return undefined
  })
  return ending.signal
}
