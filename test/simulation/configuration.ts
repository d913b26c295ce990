/**
 * In the place of `@smithy/core/config`: an environment that nothing is set in, and no shared
 * files. Time stands still only for what the world does, not for reading real files.
 */
export const loadConfig = () => async () => ({})

export const loadSharedConfigFiles = async () => ({ configFile: {}, credentialsFile: {} })

export const readFile = async () => {
  throw new Error('there are no files')
}
