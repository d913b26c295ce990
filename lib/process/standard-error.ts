/** What goes to stderr: without secrets, whoever writes it. */
import { redacted } from '../model/redaction.ts'
import { secretsIn } from '../options/secrets.ts'

/** Takes the secrets of the command line and of its environment out of what is written. */
export interface Redaction {
  text(text: string): string
  /** For the strings of a JSON document, as `JSON.stringify` calls it. */
  readonly json: (name: string, value: unknown) => unknown
}

/** Nothing goes to stderr with a secret in it, whoever writes: the SDK and hooks among them. */
export function redactOutput(): Redaction {
  const { argv, env, stderr } = process
  const secrets = secretsIn(argv.slice(2), env)
  const write = stderr.write.bind(stderr) as (chunk: unknown, ...more: unknown[]) => boolean
  stderr.write = (chunk: string | Uint8Array, ...more: unknown[]) => {
    const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString()
    const clean = redacted(text, secrets)
    return write(clean === text ? chunk : clean, ...more)
  }
  return {
    text: (text) => redacted(text, secrets),
    json: (_, value) => (typeof value === 'string' ? redacted(value, secrets) : value),
  }
}

/** What the SDK and Node.js warn of is no error. */
export function silenceWarnings(): void {
  process.removeAllListeners('warning')
  console.warn = () => {}
}
