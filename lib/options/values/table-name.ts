/** How users name tables: `<region>:<table>`, or an ARN. */
import { usageError } from '../../errors.ts'
import type { TableRef } from '../../model/tables/table.ts'
import { shown } from './quoted-value.ts'

/** Table names: 3 to 255 of these characters (developer guide, "Naming rules"). */
const TABLE = /^[A-Za-z0-9_.-]{3,255}$/
const REGION = /^[a-z0-9-]+$/
/** Some emulators leave it out. */
const ACCOUNT = /^(\d{12})?$/
const ARN = /^arn:[^:]+:dynamodb:([^:]+):(\d*):table\/(.+)$/

export function parseTableName(text: string, flag: string): Omit<TableRef, 'endpoint'> {
  const arn = ARN.exec(text)
  if (arn !== null) {
    const [, region = '', account = '', name = ''] = arn
    if (!ACCOUNT.test(account)) {
      throw usageError(
        `Expected \`${flag}\` to be an ARN with an account of 12 digits, got ${shown(text)}`,
        'For example arn:aws:dynamodb:us-east-1:123456789012:table/Orders.',
      )
    }
    checkName(name, text, flag)
    return { label: text, region, name, arn: text, ...(account !== '' && { account }) }
  }
  const [region = '', name = '', ...rest] = text.split(':')
  if (!REGION.test(region) || name === '' || rest.length > 0) {
    throw usageError(
      `Expected \`${flag}\` to be <region>:<table> or a table ARN, got ${shown(text)}`,
      'For example us-east-1:Orders.',
    )
  }
  checkName(name, text, flag)
  return { label: text, region, name }
}

function checkName(name: string, text: string, flag: string): void {
  if (TABLE.test(name)) return
  throw usageError(
    `Expected \`${flag}\` to name a table by 3 to 255 letters, digits, _, . or -, got ${shown(text)}`,
    'For example us-east-1:Orders.',
  )
}
