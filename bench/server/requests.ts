/** What the server reads of requests. */
export interface Key {
  readonly id: { readonly S: string }
}

export interface Body {
  readonly TableName: string
  readonly ConsistentRead?: boolean
  readonly Segment?: number
  readonly TotalSegments?: number
  readonly ExclusiveStartKey?: Key
  readonly Key?: Key
  readonly Item?: Key
}

export interface BatchGetBody {
  readonly RequestItems: Readonly<
    Record<string, { readonly Keys: readonly Key[]; readonly ConsistentRead?: boolean }>
  >
}

export interface BatchWriteBody {
  readonly RequestItems: Readonly<
    Record<string, readonly { readonly PutRequest: { readonly Item: Key } }[]>
  >
}
