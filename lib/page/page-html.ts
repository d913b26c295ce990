/** The page: one document without scripts, and without anything from elsewhere. */
import { count } from '../model/figures.ts'
import { shellWord } from '../report/shell-word.ts'
import { attributesSection } from './attributes-section.ts'
import { differencesSection } from './differences-section.ts'
import { heatSection } from './heat-section.ts'
import { html, type Markup } from './markup.ts'
import type { Fact, PageData, ReplicaCounts } from './page-data.ts'
import { STYLE } from './page-style.ts'
import { timeSection } from './time-section.ts'

export function pageHtml(data: PageData): string {
  const { what, tables, verdict, counts, heat, attributes, history, differences } = data
  const names = tables.map(({ label }) => label).join(', ')
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${verdict.sentence} ${what} of ${names}</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<p class="what">${what}</p>
<h1>${verdict.sentence}</h1>
${verdict.more.map((line) => html`<p class="more">${line}</p>`)}
${factsList([...tables.map(tableFact), ...data.facts])}
</header>
<main>
${countsSection(counts)}
${heat !== undefined && heatSection(heat)}
${attributes.length > 0 && attributesSection(attributes)}
${history !== undefined && timeSection(history)}
${differences.first.length > 0 && differencesSection(data)}
${howSection(data)}
</main>
<footer><p>Written by tablesync${data.version !== undefined && ` ${data.version}`}. Keys and names of attributes are data: share this page accordingly.</p></footer>
</body>
</html>
`.html
}

const tableFact = ({ role, label, about }: PageData['tables'][number]): Fact => ({
  name: role,
  value: about.length === 0 ? label : `${label} (${about.join(', ')})`,
})

const factsList = (facts: readonly Fact[]) =>
  html`<dl class="facts">${facts.map(({ name, value }) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`

function countsSection(counts: readonly ReplicaCounts[]): Markup {
  return html`<section aria-labelledby="counts"><h2 id="counts">What was found</h2>
${counts.map(
  ({ replica, counts: figures }) =>
    html`${counts.length > 1 && html`<h3>${replica}</h3>`}<dl class="figures">${figures.map(
      ({ name, count: figure }) =>
        html`<div><dt>${name}</dt>${figure === null ? html`<dd class="none">not looked for</dd>` : html`<dd>${count(figure)}</dd>`}</div>`,
    )}</dl>`,
)}</section>`
}

function howSection({ command, options, safeguards }: PageData): Markup {
  return html`<section aria-labelledby="how">
<h2 id="how">How it was made</h2>
${command !== undefined && html`<pre tabindex="0" aria-label="Command">${command.map(shellWord).join(' ')}</pre>`}
${options.length > 0 && html`<h3>Options</h3>${factsList(options)}`}
${safeguards.length > 0 && html`<h3>Safeguards</h3>${factsList(safeguards)}`}
</section>`
}
