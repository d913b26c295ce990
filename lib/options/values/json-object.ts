/** An object that was given as such, or as its JSON text. */
export type JsonObject = Readonly<Record<string, unknown>>

/** Undefined: it is something else. */
export function jsonObjectOf(given: string | JsonObject): JsonObject | undefined {
  const value: unknown = typeof given === 'string' ? parsed(given) : given
  return isJsonObject(value) ? value : undefined
}

export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
