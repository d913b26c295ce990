/** The item operations that are sent without the SDK. */
import type { CapacityKind } from '../../model/tables/capacity.ts'

export type ItemRead = 'Scan' | 'BatchGetItem' | 'Query'
export type ItemWrite = 'PutItem' | 'UpdateItem' | 'DeleteItem' | 'BatchWriteItem'
export type ItemOperation = ItemRead | ItemWrite

export const isRead = (operation: ItemOperation): operation is ItemRead =>
  operation === 'Scan' || operation === 'BatchGetItem' || operation === 'Query'

export const capacityOf = (operation: ItemOperation): CapacityKind =>
  isRead(operation) ? 'read' : 'write'

/** The name of an operation in a request (Developer Guide, DynamoDB low-level API). */
export const targetOf = (operation: ItemOperation) => `DynamoDB_20120810.${operation}`
