/** In which form the command answers. Its arguments may be wrong otherwise, so they are not parsed. */

/** Whether `--json` was given. */
export function isDocumentAsked(): boolean {
  const { argv, env } = process
  return argv.includes('--json', 2) || /^(true|1)$/.test(env['TABLESYNC_JSON'] ?? '')
}

/** Whether `--log-format json` was given. The flag wins over the variable, as it does for all. */
export function isJsonLogAsked(): boolean {
  const { argv, env } = process
  const at = argv.findIndex((word) => /^--log-format(=|$)/.test(word))
  const given = argv[at]?.split('=')[1] ?? argv[at + 1]
  return (at < 0 ? env['TABLESYNC_LOG_FORMAT'] : given) === 'json'
}
