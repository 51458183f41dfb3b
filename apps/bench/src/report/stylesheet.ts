/** The report's looks, on white and on black. */
export const stylesheet = `
:root { color-scheme: light dark; --ink: #1c2024; --soft: #5d6671; --line: #d9dde2; --paper: #ffffff; --tint: #f5f7f9; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e4e7ea; --soft: #9aa4af; --line: #363c43; --paper: #15181b; --tint: #1d2125; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
main { max-width: 1120px; margin: 0 auto; padding: 32px 24px 80px; }
h1 { font-size: 28px; margin: 0 0 8px; letter-spacing: -0.01em; }
h2 { font-size: 21px; margin: 56px 0 4px; padding-top: 16px; border-top: 1px solid var(--line); }
h3 { font-size: 17px; margin: 28px 0 2px; }
h3 small { font-weight: 400; color: var(--soft); margin-left: 6px; }
header p { max-width: 75ch; color: var(--soft); }
nav a { display: inline-block; margin-right: 14px; color: inherit; }
.source, .config, .note, figcaption { color: var(--soft); font-size: 13px; margin: 2px 0 10px; overflow-wrap: anywhere; }
code, pre { font: 13px/1.45 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
pre { background: var(--tint); padding: 10px 12px; border-radius: 6px; white-space: pre-wrap; overflow-wrap: anywhere; margin: 6px 0; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: 14px; margin: 6px 0 14px; }
th, td { padding: 4px 14px 4px 0; text-align: left; vertical-align: top; white-space: nowrap; }
thead th { font-weight: 600; color: var(--soft); border-bottom: 1px solid var(--line); }
tbody tr { border-bottom: 1px solid var(--line); }
td.n { font-variant-numeric: tabular-nums; }
td.wide { white-space: normal; min-width: 12em; overflow-wrap: anywhere; }
.swatch { display: inline-block; width: 11px; height: 11px; border-radius: 3px; margin-right: 7px; vertical-align: -1px; }
figure { margin: 10px 0 18px; }
figure svg { max-width: 100%; height: auto; }
.legend { margin: 4px 0 6px; font-size: 14px; }
.legend > span { margin-right: 18px; white-space: nowrap; }
.chart-title { margin: 6px 0 0; font-size: 14px; font-weight: 600; }
.pair { display: flex; flex-wrap: wrap; gap: 20px; }
.pair svg { flex: 0 1 520px; min-width: 0; }
details { margin: 6px 0 18px; }
summary { cursor: pointer; font-weight: 600; font-size: 14px; }
.weights td, .weights th { padding-right: 12px; }
.weights img { image-rendering: pixelated; border: 1px solid var(--line); display: block; }
.facts { font-size: 12px; color: var(--soft); line-height: 1.35; margin-top: 3px; }
.facts-table th { color: var(--soft); font-weight: 500; }
@media print { main { max-width: none; } details { break-inside: avoid; } }
`;
