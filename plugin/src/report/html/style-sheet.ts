/** How pages look: calm, in the colours that the reader's system prefers, on a phone and on paper. */
export const styleSheet = `
:root {
  color-scheme: light dark;
  --paper: #fcfcfb; --panel: #f3f4f4; --text: #1d2429; --quiet: #56616a; --line: #dcdfe1;
  --accent: #24618c; --whole: #d3dee7; --good: #22683f; --alert: #8a4b08;
  --mono: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14181b; --panel: #1c2226; --text: #e3e7ea; --quiet: #a3aeb6; --line: #323a40;
    --accent: #7cb7e0; --whole: #33424d; --good: #7cc99a; --alert: #e2ab66;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--paper); color: var(--text);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif;
}
header, main, footer { max-width: 62rem; margin: 0 auto; padding: 0 1.5rem; }
header { padding-top: 2.5rem; }
footer { padding-bottom: 3rem; color: var(--quiet); font-size: .875rem; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0; font-weight: 600; letter-spacing: -.01em; overflow-wrap: anywhere; }
h2 { font-size: 1.2rem; margin: 3rem 0 .75rem; font-weight: 600; }
h3 { font-size: 1rem; margin: 0; font-weight: 600; overflow-wrap: anywhere; }
p { margin: .5rem 0; max-width: 46rem; overflow-wrap: anywhere; }
a { color: var(--accent); }
code { font-family: var(--mono); font-size: .86em; overflow-wrap: anywhere; }
.digest { font-size: .78em; word-break: break-all; }
.quiet { color: var(--quiet); }
.good { color: var(--good); font-weight: 600; }
.alert { color: var(--alert); font-weight: 600; }
.good, .alert, .short { overflow-wrap: normal; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(10.5rem, 1fr)); gap: .75rem; margin: 1.75rem 0 0; padding: 0; }
.figures > div { background: var(--panel); border-radius: .5rem; padding: .9rem 1rem; }
.figures dt { color: var(--quiet); font-size: .85rem; }
.figures dd { margin: 0; }
.figures .amount { font-size: 1.45rem; font-weight: 600; font-variant-numeric: tabular-nums; }
.figures .more { font-size: .85rem; color: var(--quiet); }
table { width: 100%; border-collapse: collapse; font-size: .92rem; font-variant-numeric: tabular-nums; }
caption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
th { text-align: left; font-weight: 600; font-size: .82rem; color: var(--quiet); padding: .35rem 1.5rem .35rem 0; border-bottom: 1px solid var(--line); vertical-align: bottom; }
td { padding: .5rem 1.5rem .5rem 0; border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
th:last-child, td:last-child { padding-right: 0; }
.number, td time { white-space: nowrap; }
.number { text-align: right; }
td strong { display: inline-block; min-width: 6rem; }
@media (min-width: 44.01rem), print { .images th:first-child { width: 60%; } }
.timeline { list-style: none; margin: 0; padding: 0; }
.timeline > li { border-top: 1px solid var(--line); padding: 1rem 0; }
.timeline .top { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 1.5rem; }
.timeline .facts { margin: .35rem 0 0; font-size: .92rem; max-width: none; }
.bar { display: block; width: 100%; height: .6rem; margin: .55rem 0 .1rem; border-radius: .3rem; background: var(--panel); }
.bar .whole { fill: var(--whole); }
.bar .own { fill: var(--accent); }
.key { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; font-size: .85rem; color: var(--quiet); margin: 0 0 1rem; }
.key span::before { content: ""; display: inline-block; width: .9rem; height: .6rem; border-radius: .2rem; margin-right: .45rem; }
.key .own::before { background: var(--accent); }
.key .whole::before { background: var(--whole); }
details { margin-top: .35rem; font-size: .92rem; }
summary { cursor: pointer; color: var(--accent); width: fit-content; }
details h4 { margin: .8rem 0 .1rem; font-size: .85rem; font-weight: 600; color: var(--quiet); }
details ul { margin: 0; padding: 0; list-style: none; }
details li { padding: .1rem 0; overflow-wrap: anywhere; }
.facts-list { display: grid; grid-template-columns: minmax(9rem, max-content) 1fr; gap: .45rem 1.5rem; margin: 0; }
.facts-list dt { color: var(--quiet); }
.facts-list dd { margin: 0; overflow-wrap: anywhere; }
.sign { display: grid; grid-template-columns: repeat(3, 1fr); gap: 2.5rem 1.5rem; margin-top: 2.5rem; }
.sign div { border-top: 1px solid var(--text); padding-top: .35rem; font-size: .85rem; color: var(--quiet); }
@media (max-width: 44rem) {
  header, main, footer { padding-left: 1rem; padding-right: 1rem; }
  header { padding-top: 1.5rem; }
  h1 { font-size: 1.5rem; }
  .figures { grid-template-columns: repeat(2, 1fr); }
  .figures > div { padding: .75rem; }
  .figures .amount { font-size: 1.2rem; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  table, tbody, tr, td { display: block; }
  tr { border-bottom: 1px solid var(--line); padding: .6rem 0; }
  td { display: grid; grid-template-columns: 7.5rem 1fr; gap: .75rem; border: 0; padding: .12rem 0; }
  td::before { content: attr(data-title); color: var(--quiet); font-size: .82rem; }
  td > * { min-width: 0; justify-self: start; }
  .number { text-align: left; }
  .number, td time { white-space: normal; }
  .facts-list { grid-template-columns: 1fr; gap: 0; }
  .facts-list dd { margin-bottom: .6rem; }
  .sign { grid-template-columns: 1fr; }
}
@media print {
  :root {
    color-scheme: light;
    --paper: #fff; --panel: #f3f4f4; --text: #000; --quiet: #444; --line: #bbb;
    --accent: #24618c; --whole: #d3dee7; --good: #22683f; --alert: #8a4b08;
  }
  @page { margin: 15mm; }
  body { font-size: 10pt; }
  header, main, footer { max-width: none; padding: 0; }
  h2 { margin-top: 1.5rem; break-after: avoid; }
  tr, .timeline > li, .figures > div, .sign { break-inside: avoid; }
  details::details-content { content-visibility: visible; display: block; block-size: auto; }
  summary { list-style: none; color: var(--text); }
  summary::-webkit-details-marker { display: none; }
  a { color: inherit; text-decoration: none; }
  .screen { display: none; }
}
`;
