/** The item operations that are sent without the SDK. */
export type ItemRead = 'Scan' | 'BatchGetItem'
export type ItemWrite = 'PutItem' | 'UpdateItem' | 'DeleteItem' | 'BatchWriteItem'
export type ItemOperation = ItemRead | ItemWrite

export const isRead = (operation: ItemOperation): operation is ItemRead =>
  operation === 'Scan' || operation === 'BatchGetItem'

/** The name of an operation in a request (Developer Guide, DynamoDB low-level API). */
export const targetOf = (operation: ItemOperation) => `DynamoDB_20120810.${operation}`
