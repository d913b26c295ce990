/** Reads the environment and the shared AWS files, through the SDK's own readers. */
import { loadConfig, loadSharedConfigFiles } from '@smithy/core/config'

export type Section = Readonly<Record<string, string | undefined>>

export interface Configuration {
  readonly env: Section
  /** A profile's credential settings; the credentials file overrides the config file. */
  credentialsOf(profile: string): Section | undefined
  /** A profile's other settings; the config file overrides the credentials file. */
  settingsOf(profile: string): Section
  /** A section of the config file that profiles refer to. */
  section(kind: 'services' | 'sso-session', name: string): Section | undefined
  /** The paths of the two files, for messages. */
  readonly files: string
}

/** Reads everything anew, so that it finds keys that somebody renews in a file during a run. */
export async function readConfiguration(): Promise<Configuration> {
  const env = await environment()
  const { configFile, credentialsFile } = await loadSharedConfigFiles({ ignoreCache: true })
  return {
    env,
    credentialsOf(profile) {
      const sections = [own(configFile, profile), own(credentialsFile, profile)]
      return sections.some(Boolean) ? Object.assign({}, ...sections) : undefined
    },
    settingsOf: (profile) => ({ ...own(credentialsFile, profile), ...own(configFile, profile) }),
    section: (kind, name) => own(configFile, `${kind}.${name}`),
    files: [
      env['AWS_CONFIG_FILE'] || '~/.aws/config',
      env['AWS_SHARED_CREDENTIALS_FILE'] || '~/.aws/credentials',
    ].join(' and '),
  }
}

/** Without inherited properties: a profile may be called `constructor`. */
function own(file: Readonly<Record<string, Section>>, name: string): Section | undefined {
  return Object.hasOwn(file, name) ? file[name] : undefined
}

const environment = (): Promise<Section> =>
  loadConfig<Section>({
    environmentVariableSelector: (env) => ({ ...env }) as never,
    configFileSelector: () => undefined,
    default: {},
  })()

/** The profile that applies to a table: the one given for it, or else the environment's. */
export function profileInUse(given: string | undefined, { env }: Configuration): string {
  return given ?? (env['AWS_PROFILE'] || 'default')
}
