/** A private authority, made for one series and thrown away with it. Needs the `openssl` command. */
import { execFile } from 'node:child_process'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const EXTENSIONS = 'subjectAltName=IP:127.0.0.1\nextendedKeyUsage=serverAuth\n'

/** Returns a folder with `ca.pem`, `server.key` and `server.pem`: for 127.0.0.1, RSA as of AWS. */
export async function makeCertificates(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tablesync-bench-'))
  const openssl = (...words: string[]) => promisify(execFile)('openssl', words, { cwd: folder })
  await writeFile(join(folder, 'extensions'), EXTENSIONS)
  const key = ['-newkey', 'rsa:2048', '-nodes', '-keyout']
  await openssl(
    ...['req', '-x509', ...key, 'ca.key', '-out', 'ca.pem', '-days', '2'],
    ...['-subj', '/CN=tablesync bench authority'],
  )
  const subject = ['-subj', '/CN=127.0.0.1']
  await openssl('req', ...key, 'server.key', '-out', 'server.csr', ...subject)
  const authority = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial']
  const signed = ['-in', 'server.csr', '-out', 'server.pem', '-days', '2']
  await openssl('x509', '-req', ...signed, ...authority, '-extfile', 'extensions')
  return folder
}
