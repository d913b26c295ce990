/** Profiles of the shared AWS files, right and wrong in every way. */
import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Teardown, tempFolder } from './run-cli.ts'

export const EMULATOR_HOST = 'emulator.internal:8000'
export const ROLE = 'arn:aws:iam::111122223333:role/reader'

/** Secrets that must never be printed. */
export const SECRETS =
  /process-secret|right-secret|machine-secret|sso-secret|sts-secret|source-secret|self-secret|web-token/

/** A home folder with profiles of every kind. */
export async function writeProfiles(t: Teardown): Promise<string> {
  const folder = await tempFolder(t)
  const startUrl = (name: string) => `https://${name}.awsapps.com/start`
  const token = async (name: string, expiresAt: string) => {
    const file = `${createHash('sha1').update(startUrl(name)).digest('hex')}.json`
    const place = join(folder, '.aws', 'sso', 'cache')
    await mkdir(place, { recursive: true })
    await writeFile(
      join(place, file),
      JSON.stringify({ startUrl: startUrl(name), accessToken: 'token', expiresAt }),
    )
  }
  await token('alive', '2099-01-01T00:00:00Z')
  await token('dead', '2020-01-01T00:00:00Z')
  const sso = (name: string) => `sso_start_url = ${startUrl(name)}
sso_region = us-east-1
sso_account_id = 111122223333
sso_role_name = reader`
  const keys = (name: string) =>
    `aws_access_key_id = ${name.toUpperCase()}\naws_secret_access_key = ${name}-secret`
  const process = (expiration: string) =>
    `credential_process = echo '{"Version":1,"AccessKeyId":"PROCESS","SecretAccessKey":"process-secret","Expiration":"${expiration}"}'`
  const profiles: Record<string, string> = {
    right: keys('right'),
    source: keys('source'),
    empty: '',
    silent: 'region = eu-north-1',
    half: 'aws_access_key_id = HALF',
    failing: `credential_process = echo process-secret; echo it is locked >&2; exit 7`,
    garbage: `credential_process = echo process-secret`,
    process: process('2099-01-01T00:00:00Z'),
    expired: process('2020-01-01T00:00:00Z'),
    role: `role_arn = ${ROLE}\nsource_profile = source`,
    self: `${keys('self')}\nrole_arn = ${ROLE}\nsource_profile = self`,
    'source-missing': 'role_arn = arn:aws:iam::111122223333:role/reader\nsource_profile = gone',
    'source-unnamed': 'role_arn = arn:aws:iam::111122223333:role/reader',
    'source-round': 'role_arn = arn:aws:iam::111122223333:role/reader\nsource_profile = back',
    back: 'role_arn = arn:aws:iam::111122223333:role/other\nsource_profile = source-round',
    'source-failing': 'role_arn = arn:aws:iam::111122223333:role/reader\nsource_profile = failing',
    'from-machine':
      'role_arn = arn:aws:iam::111122223333:role/reader\ncredential_source = Ec2InstanceMetadata',
    web: `role_arn = ${ROLE}\nweb_identity_token_file = ${join(folder, 'token')}`,
    'web-missing': `role_arn = ${ROLE}\nweb_identity_token_file = ${join(folder, 'gone')}`,
    sso: sso('alive'),
    'sso-expired': sso('dead'),
    'sso-session-missing':
      'sso_session = gone\nsso_account_id = 111122223333\nsso_role_name = reader',
    'with-endpoint': `${keys('right')}\nendpoint_url = http://${EMULATOR_HOST}`,
    'with-services': `${keys('right')}\nservices = theirs\nendpoint_url = http://elsewhere.internal`,
    'services-missing': `${keys('right')}\nservices = gone`,
    ignoring: `${keys('right')}\nendpoint_url = http://${EMULATOR_HOST}\nignore_configured_endpoint_urls = true`,
    'fips-unsure': `${keys('right')}\nuse_fips_endpoint = yes`,
    fips: `${keys('right')}\nuse_fips_endpoint = true`,
    'dual-stack': `${keys('right')}\nuse_dualstack_endpoint = true`,
  }
  const sections = Object.entries(profiles).map(([name, text]) => `[profile ${name}]\n${text}\n`)
  const services = `[services theirs]\ndynamodb =\n  endpoint_url = http://${EMULATOR_HOST}\n`
  await writeFile(join(folder, 'token'), 'web-token')
  await writeFile(join(folder, 'config'), [...sections, services].join('\n'))
  for (const name of ['right', 'failing', 'sso-expired', 'with-endpoint']) {
    await writeFile(join(folder, `default-${name}`), `[default]\n${profiles[name]}\n`)
  }
  return folder
}
