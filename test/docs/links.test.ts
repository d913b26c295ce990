/** Links between the pages lead somewhere. */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { t } from '../support/tap.ts'
import { readPages, root } from './pages.ts'

/** The anchor that GitHub makes of a heading. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(' ', '-')

const anchorsIn = (text: string) =>
  new Set([...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => anchorOf(heading)))

t.test('every link leads to a file and a heading that exist', async (t) => {
  let links = 0
  for (const { file, text } of readPages()) {
    for (const [, to = '', anchor] of text.matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g)) {
      links++
      const target = to === '' ? file : join(dirname(file), to)
      t.ok(existsSync(join(root, target)), `${file}: ${target}`)
      if (anchor === undefined || !target.endsWith('.md')) continue
      const anchors = anchorsIn(readFileSync(join(root, target), 'utf8'))
      t.ok(anchors.has(anchor), `${file}: ${target}#${anchor}`)
    }
  }
  t.ok(links > 30, `${links} links`)
})

t.test('README has at most 8 KiB', async (t) => {
  const { length } = readFileSync(join(root, 'README.md'))
  t.ok(length <= 8192, `${length} bytes`)
})
