/** What a request asks for in words, and whether a table is that or somebody else's of its name. */
import type {
  CreateTableCommandInput,
  SSESpecification,
  TableDescription,
} from '@aws-sdk/client-dynamodb'
import { AWS_MANAGED_KEY } from '../../model/tables/planned-table.ts'
import { describeKey, type KeyAttribute } from '../../model/tables/table.ts'
import { differingSettings, type TableSettings } from '../../model/tables/table-settings.ts'
import { factsOf } from '../describe/description.ts'
import { settingsOf } from '../describe/settings-of.ts'

export const settingsAsked = (asked: CreateTableCommandInput): TableSettings => ({
  ...carried(asDescribed(asked)),
  encryption: encryptionIn(asked.SSESpecification),
})

/** The settings in which the table is not as asked, in words. Keys of encryption are not compared. */
export const otherThanAsked = (table: TableDescription, asked: CreateTableCommandInput): string[] =>
  Object.keys(differingSettings(carried(asDescribed(asked)), carried(table)))

function asDescribed({ TableName, TableClass, BillingMode, ...asked }: CreateTableCommandInput) {
  const description: TableDescription = {
    ...asked,
    TableName,
    BillingModeSummary: { BillingMode },
    ...(TableClass !== undefined && { TableClassSummary: { TableClass } }),
  } as TableDescription
  return description
}

function carried(table: TableDescription): TableSettings {
  const {
    encryption: _encryption,
    stream: _stream,
    'deletion protection': _protection,
    ...settings
  } = settingsOf(table, undefined)
  const { keySchema } = factsOf(table, '')
  return { key: describeKey((keySchema ?? []) as readonly KeyAttribute[]), ...settings }
}

const encryptionIn = ({ Enabled, KMSMasterKeyId }: SSESpecification = {}) =>
  Enabled ? (KMSMasterKeyId ?? AWS_MANAGED_KEY) : 'key owned by AWS'
