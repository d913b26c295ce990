/** What the environment and the shared AWS files say, through the SDK's own readers. */
import { loadConfig, loadSharedConfigFiles } from '@smithy/core/config'

export type Section = Readonly<Record<string, string | undefined>>

export interface Configuration {
  readonly env: Section
  /** What a profile says of credentials: the credentials file stands above the config file. */
  credentialsOf(profile: string): Section | undefined
  /** What it says of anything else: the config file stands above the credentials file. */
  settingsOf(profile: string): Section
  /** A section of the config file that profiles refer to. */
  section(kind: 'services' | 'sso-session', name: string): Section | undefined
  /** The two files, for messages. */
  readonly files: string
}

/** Reads anew: keys that somebody renews in a file while a run goes on are found. */
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

/** Without what its prototype has: a profile may be called `constructor`. */
function own(file: Readonly<Record<string, Section>>, name: string): Section | undefined {
  return Object.hasOwn(file, name) ? file[name] : undefined
}

const environment = (): Promise<Section> =>
  loadConfig<Section>({
    environmentVariableSelector: (env) => ({ ...env }) as never,
    configFileSelector: () => undefined,
    default: {},
  })()

/** The profile that holds for a table: the one that it was given, or else the environment's. */
export function profileInUse(given: string | undefined, { env }: Configuration): string {
  return given ?? (env['AWS_PROFILE'] || 'default')
}
