/** The style sheet of the page. Colours of curves are those of Okabe and Ito, darker or lighter where contrast asks for it. */
export const style: string = `
:root {
  color-scheme: light dark;
  --page: #ffffff; --text: #1c2024; --soft: #5b636d; --line: #d5dae0; --panel: #f5f7f9; --focus: #0b5cad; --cell: #0072b2;
  --series-0: #0072b2; --series-1: #c2500a; --series-2: #00805c; --series-3: #a3478b;
  --series-4: #6b7280; --series-5: #8a6d00; --series-6: #2f7fb0; --series-7: #1c2024;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #14171a; --text: #e8eaed; --soft: #a4adb8; --line: #373e46; --panel: #1d2125; --focus: #7cc0ff;
    --series-0: #56b4e9; --series-1: #f5975a; --series-2: #3ccfa3; --series-3: #e39bcb;
    --series-4: #b4bac2; --series-5: #f0e442; --series-6: #8ecbf0; --series-7: #e8eaed;
  }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1240px; padding: 2rem clamp(1rem, 3vw, 2rem) 4rem; background: var(--page); color: var(--text);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
h1 { font-size: 1.8rem; line-height: 1.2; margin: 0 0 .5rem; }
h2 { font-size: 1.25rem; margin: 2.5rem 0 .5rem; }
h3 { font-size: 1rem; margin: 1.5rem 0 .25rem; }
p { max-width: 70ch; margin: .5rem 0; }
.skip { position: absolute; left: -999px; color: var(--focus); }
.skip:focus { left: 1rem; top: 1rem; background: var(--page); padding: .5rem; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; border-radius: 3px; }
figure { margin: 0; min-width: 0; }
figcaption { font-weight: 600; margin-bottom: .25rem; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 440px), 1fr)); gap: 1.5rem; }
.charts figure { max-width: 600px; }
.panels { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 250px), 1fr)); gap: 1rem; }
.panels figcaption { font-weight: 400; color: var(--soft); margin: 0; }
svg.plot { display: block; width: 100%; height: auto; color: var(--text); background: none; font: 14px system-ui, sans-serif;
  overflow: visible; }
svg.plot :is(text, tspan) { white-space: pre; }
svg.plot [aria-label$="grid"] { stroke: var(--line); stroke-opacity: 1; }
svg.swatch { display: block; width: 52px; height: 16px; overflow: visible; }
.legend { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; list-style: none; padding: 0; margin: .75rem 0; }
.legend li { display: flex; align-items: center; gap: .5rem; }
.readout { color: var(--soft); font-size: .875rem; font-variant-numeric: tabular-nums; margin: 0; min-height: 1.4em; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--soft); padding: .25rem 0; }
th, td { padding: .3rem .8rem; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap; }
th:first-child { text-align: left; padding-left: 0; }
thead th { color: var(--soft); font-weight: 600; }
tbody th { font-weight: 600; }
.scroll { overflow: auto; max-height: 26rem; }
details { margin: .5rem 0; }
details .scroll { border: 1px solid var(--line); padding: 0 1rem .5rem; margin: .5rem 0; background: var(--panel); }
details thead th { position: sticky; top: 0; background: var(--panel); }
summary { cursor: pointer; color: var(--focus); width: fit-content; }
.reader { background: var(--panel); border: 1px solid var(--line); padding: .75rem 1rem; margin: 1rem 0; max-width: none; }
.reader label { font-weight: 600; }
.reader input { width: min(100%, 30rem); display: block; accent-color: var(--series-0); }
footer { color: var(--soft); }
@media (max-width: 560px) { th, td { padding: .3rem .45rem; } table { font-size: .9rem; } }
@media print { .reader, .skip { display: none; } }
`;

/** What the page's security policy lets apply: this style sheet and no other. */
export const styleHash = "sha256-BUXaCIZYJPu3zLZcajNn5qkH1UY38cKKoWwROrTLToE=";
