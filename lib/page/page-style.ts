/** The page's looks: light, dark, in few colours, on paper, on a phone. */
import { trusted } from './markup.ts'

const LIGHT = `--paper:#fff;--ink:#1b1b1b;--soft:#595959;--line:#c9c9c9;--accent:#0a58a8;--mark:#a33a00;
--heat-0:#f1f1f1;--heat-1:#b9cfe6;--heat-2:#7ba4cf;--heat-3:#2f6fb0;--heat-4:#062d58`
const DARK = `--paper:#161616;--ink:#ececec;--soft:#b3b3b3;--line:#4a4a4a;--accent:#7db7f2;--mark:#ffa36b;
--heat-0:#2a2a2a;--heat-1:#2f4d6d;--heat-2:#4479b1;--heat-3:#7db7f2;--heat-4:#e6f2ff`
/** Charts keep their own colours there, so they are given those of the system. */
const FORCED = `--paper:Canvas;--ink:CanvasText;--soft:CanvasText;--line:CanvasText;--accent:LinkText;
--mark:Highlight;--heat-0:color-mix(in srgb,CanvasText 8%,Canvas);
--heat-1:color-mix(in srgb,CanvasText 30%,Canvas);--heat-2:color-mix(in srgb,CanvasText 52%,Canvas);
--heat-3:color-mix(in srgb,CanvasText 75%,Canvas);--heat-4:CanvasText`

export const STYLE = trusted(`
:root{color-scheme:light dark;${LIGHT}}
@media (prefers-color-scheme:dark){:root{${DARK}}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
main,header,footer{max-width:45rem;margin:0 auto;padding:0 1.25rem}
header{padding-top:2rem}footer{padding-bottom:3rem;color:var(--soft)}
h1{font-size:1.75rem;line-height:1.2;margin:0 0 .25rem}h2{font-size:1.2rem;margin:2.5rem 0 .5rem}
h3{font-size:1rem;margin:1.5rem 0 .25rem}
p,ul,dl,table,figure,pre{margin:.5rem 0}figure{margin:1rem 0 1.5rem}figcaption,caption{color:var(--soft);text-align:left}
figcaption b{color:var(--ink)}
.what{color:var(--soft);margin:0 0 .25rem}.more{border-left:4px solid var(--mark);padding-left:.75rem}
code,pre{font:.9em/1.45 ui-monospace,monospace;unicode-bidi:isolate;overflow-wrap:anywhere}
pre{white-space:pre-wrap;padding:.5rem .75rem;border:1px solid var(--line);border-radius:3px}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
dl.facts{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1rem}
dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
dl.figures{display:flex;flex-wrap:wrap;gap:.75rem 2rem}
dl.figures div{display:flex;flex-direction:column-reverse}
dl.figures dd{font-size:1.5rem;line-height:1.2;font-variant-numeric:tabular-nums}
dl.figures dd.none{font-size:1rem;line-height:1.8}
table{border-collapse:collapse;width:100%}
th,td{padding:.3rem .75rem .3rem 0;border-bottom:1px solid var(--line);text-align:left;vertical-align:top}
th{font-weight:inherit;overflow-wrap:anywhere}thead th{color:var(--soft)}
.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}.bar{width:40%;vertical-align:middle;padding-right:0}
.chart{display:block;max-width:100%;height:auto}.chart text{white-space:pre;font-size:12px}
.bar .chart{width:100%}.strip .chart{width:100%;height:40px}
.strip{border:1px solid var(--line)}.ends{display:flex;justify-content:space-between;color:var(--soft);font-size:.85em}
.narrow{display:none}
.legend{display:flex;flex-wrap:wrap;gap:.25rem 1rem;list-style:none;padding:0;color:var(--soft)}
.legend i{display:inline-block;width:1.5em;height:.9em;margin-right:.4em;vertical-align:-.05em;border:1px solid var(--line);forced-color-adjust:none}
.legend .unseen{background:linear-gradient(transparent 70%,var(--mark) 70%)}
${[0, 1, 2, 3, 4].map((level) => `.heat-${level}{background:var(--heat-${level})}`).join('')}
.differences{list-style:none;padding:0}.differences li{padding:.4rem 0;border-bottom:1px solid var(--line)}
.differences b{display:inline-block;min-width:6em}.notes{color:var(--soft)}.notes,.places{padding-left:1.25rem;overflow-wrap:anywhere}
@media (max-width:46rem){.wide{display:none}.narrow{display:block}
dl.facts{grid-template-columns:1fr;gap:0}dl.facts dd{margin-bottom:.4rem}}
@media (forced-colors:active){:root{${FORCED}}}
@media print{:root{color-scheme:light;${LIGHT}}body{font-size:10pt}main,header,footer{max-width:none;padding:0}
h2,h3,figcaption,caption{break-after:avoid}figure,tr,li{break-inside:avoid}
.chart,.legend i{print-color-adjust:exact;-webkit-print-color-adjust:exact}.wide{display:block}.narrow{display:none}}
`)
