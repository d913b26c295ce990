/**
 * DynamoDB JSON: an item as requests and responses contain it. Numbers are decimal text and binary
 * is base64 text, so parsing loses nothing.
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
