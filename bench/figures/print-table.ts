/** Prints rows for people, or one JSON document a line for programs. */
type Row = Readonly<Record<string, unknown>> & { readonly name: string }

export function printTable(rows: readonly Row[], isJson: boolean): void {
  if (isJson) for (const row of rows) console.log(JSON.stringify(row))
  else console.table(Object.fromEntries(rows.map(({ name, ...row }) => [name, row])))
}
