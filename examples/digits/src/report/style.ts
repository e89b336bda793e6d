/** The style sheet of the report. */
export const style: string = `
:root {
  color-scheme: light dark;
  --page: #ffffff; --text: #1c2024; --soft: #5b636d; --line: #d5dae0; --panel: #f5f7f9; --focus: #0b5cad;
  --none: #6b7280; --batch: #0072b2; --layer: #c2500a; --rms: #00805c;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #14171a; --text: #e8eaed; --soft: #a4adb8; --line: #373e46; --panel: #1d2125; --focus: #7cc0ff;
    --none: #b4bac2; --batch: #56b4e9; --layer: #f5975a; --rms: #3ccfa3;
  }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1180px; padding: 2rem clamp(1rem, 3vw, 2rem) 4rem; background: var(--page); color: var(--text);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
h1 { font-size: 1.8rem; line-height: 1.2; margin: 0 0 .5rem; }
h2 { font-size: 1.25rem; margin: 2.5rem 0 .5rem; }
h3 { font-size: 1rem; margin: 1.5rem 0 .25rem; }
p { max-width: 70ch; margin: .5rem 0; }
a { color: var(--focus); }
.skip { position: absolute; left: -999px; }
.skip:focus { left: 1rem; top: 1rem; background: var(--page); padding: .5rem; }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; border-radius: 3px; }
figure { margin: 0; min-width: 0; }
figcaption { font-weight: 600; margin-bottom: .25rem; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); gap: 1.5rem; }
.wide { overflow-x: auto; }
.wide svg { min-width: 760px; }
svg.plot { display: block; width: 100%; height: auto; max-width: 100%; color: var(--text); background: none;
  font: 12px system-ui, sans-serif; --plot-background: var(--page); overflow: visible; }
svg.plot [aria-label$="grid"] { stroke: var(--line); stroke-opacity: 1; }
.legend { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; list-style: none; padding: 0; margin: .75rem 0; }
.legend li { display: flex; align-items: center; gap: .5rem; }
.legend svg { width: 44px; height: 12px; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--soft); padding: .25rem 0; }
th, td { padding: .3rem .8rem; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap; }
th:first-child { text-align: left; padding-left: 0; }
thead th { color: var(--soft); font-weight: 600; }
tbody th { font-weight: 600; }
.scroll { overflow: auto; max-height: 26rem; border: 1px solid var(--line); padding: 0 1rem .5rem; margin: .5rem 0; background: var(--panel); }
.scroll thead th { position: sticky; top: 0; background: var(--panel); white-space: normal; min-width: 6.5rem; }
details { margin: .5rem 0; }
summary { cursor: pointer; color: var(--focus); width: fit-content; }
.reader { background: var(--panel); border: 1px solid var(--line); padding: .75rem 1rem; margin: 1rem 0; }
.reader label { font-weight: 600; }
.reader input { width: min(100%, 30rem); display: block; accent-color: var(--batch); }
.meta { color: var(--soft); }
@media (max-width: 560px) { th, td { padding: .3rem .45rem; } table { font-size: .9rem; } }
@media print { .reader, .skip { display: none; } }
`;
