/**
 * Replaces `@smithy/core/config`: an empty environment, and no shared files. The virtual clock
 * stands still while real files are read.
 */
export const loadConfig = () => async () => ({})

export const loadSharedConfigFiles = async () => ({ configFile: {}, credentialsFile: {} })

export const readFile = async () => {
  throw new Error('there are no files')
}
