/** A file of prices, in JSON. */
import { usageError } from '../errors.ts'
import type { Prices } from '../model/prices.ts'
import { refuseSharedFiles } from './distinct-files.ts'
import { readRegularFile } from './regular-file.ts'

/** In any currency: a unit costs less, and not next to nothing. */
const MOST = 1e6
const LEAST = 1e-12

/**
 * @param others what other options name, by the name that the user knows
 * @throws TablesyncError with code `USAGE` where it is no file of prices, or has another purpose too
 */
export async function readPrices(
  file: string,
  others: Readonly<Record<string, string | undefined>>,
): Promise<Prices> {
  await refuseSharedFiles({ files: { '--prices': file, ...others } })
  const text = await readRegularFile(file).catch((error: Error) => {
    throw usageError(
      `Cannot read the prices in ${file}: ${error.message}`,
      'docs/cost.md has an example.',
    )
  })
  let value: Partial<Prices> | undefined
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, '')) as Partial<Prices>
  } catch {
    // Said below.
  }
  const { currency, readUnit, writeUnit, transferGb = 0 } = value ?? {}
  const isPrice = (price: unknown): price is number =>
    typeof price === 'number' && (price === 0 || (price >= LEAST && price <= MOST))
  if (
    typeof currency === 'string' &&
    isPrice(readUnit) &&
    isPrice(writeUnit) &&
    isPrice(transferGb)
  )
    return { currency, readUnit, writeUnit, transferGb }
  throw usageError(
    `Expected ${file} to have a currency and the prices readUnit and writeUnit, each 0 or ${LEAST} to ${MOST}`,
    'docs/cost.md has an example.',
  )
}
