/** Signals that end the command. */

/** What a signal ends the command with, as a shell would tell it. */
const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const

export interface Interruption {
  /** Aborted by the first signal. */
  readonly signal: AbortSignal
  /** Of the signal that came last. */
  exitCode(): number
  /** Gives the signals back to Node.js. */
  restore(): void
}

/**
 * The first signal ends the run after the pages in hand; a second one leaves at
 * once. Not SIGHUP: a terminal that closes sends it, and so does its shell.
 */
export function abortOnSignals(onFirst: () => void, beforeExit: () => void): Interruption {
  const controller = new AbortController()
  let code: number = SIGNALS.SIGINT
  const onSignal = (name: keyof typeof SIGNALS) => {
    if (controller.signal.aborted) {
      if (name === 'SIGHUP') return
      beforeExit()
      process.exit(code)
    }
    code = SIGNALS[name]
    onFirst()
    controller.abort()
  }
  const names = Object.keys(SIGNALS) as (keyof typeof SIGNALS)[]
  for (const name of names) process.on(name, onSignal)
  return {
    signal: controller.signal,
    exitCode: () => code,
    restore() {
      for (const name of names) process.off(name, onSignal)
    },
  }
}
