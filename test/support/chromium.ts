/** Debian's Chromium, or the Chrome of a CI machine, started for a test. */
import { existsSync } from 'node:fs'
import { type Browser, type BrowserContextOptions, chromium } from 'playwright-core'
import type { Test } from './tap.ts'

const EXECUTABLE =
  ['/usr/bin/chromium', '/usr/bin/google-chrome'].find((file) => existsSync(file)) ?? ''

/** Why its tests cannot run here; false: they can, or must. `.ci/run` installs it. */
export const noChromium: string | false =
  EXECUTABLE !== '' || process.env['CI'] === 'true'
    ? false
    : 'Chromium is not installed (apt-get install chromium)'

/** Closed with the test. */
export async function startChromium(t: Test): Promise<Browser> {
  const browser = await chromium.launch({
    executablePath: EXECUTABLE,
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
  })
  t.teardown(() => browser.close())
  return browser
}

/** Opens a file as somebody would, and hears what it asks for and complains of. */
export async function openFile(browser: Browser, url: string, how: BrowserContextOptions) {
  const context = await browser.newContext(how)
  const page = await context.newPage()
  const requests: string[] = []
  const complaints: string[] = []
  page.on('request', (request) => requests.push(request.url()))
  page.on('console', (message) => complaints.push(message.text()))
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('dialog', (dialog) => {
    complaints.push(dialog.message())
    void dialog.dismiss().catch(() => {})
  })
  await page.goto(url)
  return { page, requests, complaints, close: () => context.close() }
}
