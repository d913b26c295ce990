/** A file of prices, in JSON. */
import { usageError } from '../errors.ts'
import type { Prices } from '../model/prices.ts'
import { readRegularFile } from './regular-file.ts'

/** @throws TablesyncError with code `USAGE` where it is no file of prices */
export async function readPrices(file: string): Promise<Prices> {
  const text = await readRegularFile(file).catch((error: Error) => {
    throw usageError(
      `Cannot read the prices in ${file}: ${error.message}`,
      'docs/cost.md has an example.',
    )
  })
  let value: Partial<Prices> | undefined
  try {
    value = JSON.parse(text) as Partial<Prices>
  } catch {
    // Said below.
  }
  const { currency, readUnit, writeUnit, transferGb = 0 } = value ?? {}
  const isPrice = (price: unknown): price is number =>
    typeof price === 'number' && Number.isFinite(price) && price >= 0
  if (
    typeof currency === 'string' &&
    isPrice(readUnit) &&
    isPrice(writeUnit) &&
    isPrice(transferGb)
  )
    return { currency, readUnit, writeUnit, transferGb }
  throw usageError(
    `Expected ${file} to have a currency and the prices readUnit and writeUnit`,
    'docs/cost.md has an example.',
  )
}
