/** The page in a browser: in all its looks, on all widths, on paper, and for those who cannot see it. */
import { readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Page } from 'playwright-core'
import { pageHtml } from '../../lib/page/page-html.ts'
import { noChromium, openFile, startChromium } from '../support/chromium.ts'
import { tempFolder } from '../support/command/run-cli.ts'
import { type Test, t } from '../support/tap.ts'
import { skipLong } from '../support/thorough.ts'
import { fullPage, samplePage } from './sample-page.ts'

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

const LIGHT = { colorScheme: 'light', forcedColors: 'none', width: 1400 } as const
const DARK = { colorScheme: 'dark', forcedColors: 'none', width: 360 } as const

const LOOKS = [
  LIGHT,
  DARK,
  { ...LIGHT, width: 360 },
  { ...DARK, width: 1400 },
  { ...LIGHT, forcedColors: 'active' },
  { ...DARK, forcedColors: 'active' },
] as const

async function written(t: Test, text: string): Promise<string> {
  const file = join(await tempFolder(t), 'page.html')
  await writeFile(file, text)
  return pathToFileURL(file).href
}

interface Violation {
  readonly id: string
  readonly nodes: readonly { readonly html: string }[]
}

/** The page forbids scripts; what a debugger evaluates is let in. */
async function violationsOf(page: Page): Promise<string[]> {
  await page.evaluate(await readFile(AXE, 'utf8'))
  const found = (await page.evaluate(
    'axe.run().then(({ violations }) => violations)',
  )) as Violation[]
  return found.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)
}

t.test('in every look and width', { skip: noChromium || skipLong }, async (t) => {
  const browser = await startChromium(t)
  for (const [name, data, looks] of [
    ['usual', samplePage(), LOOKS],
    ['full', fullPage(), [LIGHT, DARK]],
    ['with values', samplePage({ showsValues: true }), [DARK]],
  ] as const) {
    const url = await written(t, pageHtml(data))
    for (const { width, ...look } of looks) {
      const where = `${name}, ${look.colorScheme}, forced ${look.forcedColors}, ${width}`
      const viewport = { width, height: 800 }
      const { page, requests, complaints, close } = await openFile(browser, url, {
        ...look,
        viewport,
      })
      const scrolled = await page.evaluate('document.documentElement.scrollWidth')
      t.equal(scrolled, width, `${where}: nothing is wider than the screen`)
      t.same(await violationsOf(page), [], `${where}: axe`)
      t.same(requests, [url], `${where}: asks for nothing`)
      t.same(complaints, [], `${where}: complains of nothing`)
      await close()
    }
  }
})

t.test('axe sees what is wrong', { skip: noChromium }, async (t) => {
  const browser = await startChromium(t)
  const grey = pageHtml(samplePage()).replaceAll('--soft:#595959', '--soft:#bbb')
  const url = await written(t, grey.replace('role="img" aria-label=', 'role="img" data-was='))
  const { page, close } = await openFile(browser, url, {})
  const found = (await violationsOf(page)).map((violation) => violation.split(':')[0])
  t.same(found.sort(), ['color-contrast', 'svg-img-alt'])
  await close()
})

t.test('texts of a table stay texts', { skip: noChromium }, async (t) => {
  const browser = await startChromium(t)
  const url = await written(t, pageHtml(samplePage({ showsValues: true })))
  const { page, close } = await openFile(browser, url, {})
  t.equal(await page.evaluate('typeof globalThis.broken'), 'undefined')
  t.same(
    await page.evaluate(`[...document.scripts, ...document.images, ...document.links].length`),
    0,
  )
  t.match(await page.evaluate('document.body.innerText'), '<img src=x onerror=')
  t.notMatch(await page.evaluate('document.body.innerText'), /\u202e/)
  // The policy holds even for markup that got in.
  await page.evaluate(
    `new Promise((resolve) => {
      document.addEventListener('securitypolicyviolation', resolve, { once: true })
      document.body.insertAdjacentHTML('beforeend', '<img src=x onerror="globalThis.broken = 1">')
    })`,
  )
  t.equal(await page.evaluate('typeof globalThis.broken'), 'undefined')
  await close()
})

t.test('on paper, and by keyboard', { skip: noChromium }, async (t) => {
  const browser = await startChromium(t)
  const url = await written(t, pageHtml(samplePage({ showsValues: true })))
  const { page, close } = await openFile(browser, url, { colorScheme: 'dark' })
  const pdf = await page.pdf({ format: 'A4' })
  t.equal(pdf.subarray(0, 5).toString(), '%PDF-')
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' })
  const paper = await page.evaluate('getComputedStyle(document.body).backgroundColor')
  t.equal(paper, 'rgb(255, 255, 255)', 'paper is white, whatever the screen is')
  await page.emulateMedia({ media: 'screen' })
  await page.keyboard.press('Tab')
  const focused = 'document.activeElement.tagName + " " + document.activeElement.ariaLabel'
  t.equal(await page.evaluate(focused), 'PRE Values')
  await close()
})
