/**
 * DynamoDB JSON: an item as it stands in requests and responses. Numbers are
 * decimal text and binary is base64 text, so nothing is lost by parsing it.
 */

export type WireValue =
  | { readonly S: string }
  | { readonly N: string }
  | { readonly B: string }
  | { readonly BOOL: boolean }
  | { readonly NULL: boolean }
  | { readonly SS: readonly string[] }
  | { readonly NS: readonly string[] }
  | { readonly BS: readonly string[] }
  | { readonly L: readonly WireValue[] }
  | { readonly M: WireItem }

export type WireItem = { readonly [name: string]: WireValue }
