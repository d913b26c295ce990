/** Aliases that say which unit a number is in. */

/**
 * DynamoDB read capacity units. One unit is one strongly consistent read of up
 * to 4 KiB; an eventually consistent read costs half.
 */
export type ReadUnits = number

/** DynamoDB write capacity units. One unit is one write of up to 1 KiB. */
export type WriteUnits = number

export type Milliseconds = number

export type Bytes = number
