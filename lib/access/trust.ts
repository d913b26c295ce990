/** Which certificates to trust: those that `AWS_CA_BUNDLE` names, read as the AWS tools do. */
import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { usageError } from '../errors.ts'
import type { Configuration } from './configuration.ts'

/**
 * Certificates (PEM) that replace those that Node.js trusts. Undefined: the variable is not set.
 *
 * @throws TablesyncError with code `USAGE` if the file cannot be read, or has no certificate
 */
export async function readTrust({ env }: Pick<Configuration, 'env'>): Promise<string | undefined> {
  const file = env['AWS_CA_BUNDLE']
  if (file === undefined || file === '') return undefined
  const wrong = (what: string) =>
    usageError(
      `Expected AWS_CA_BUNDLE to be a file of certificates (PEM), got ${file}: ${what}`,
      "Correct it: AWS_CA_BUNDLE replaces Node's list, NODE_EXTRA_CA_CERTS adds to it.",
    )
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw wrong(error.code ?? error.message)
  })
  try {
    new X509Certificate(text)
  } catch {
    throw wrong('no certificate in it')
  }
  return text
}
