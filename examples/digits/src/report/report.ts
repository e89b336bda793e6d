import { widths } from "../build-net.ts";
import type { Options } from "../options.ts";
import { resultCells } from "../results-table.ts";
import type { RunResult } from "../run-result.ts";
import type { NormSummary } from "../summarize.ts";
import { activationChart } from "./activation-charts.ts";
import { accuracyChart, epochsOf, lossChart } from "./curves.ts";
import { activationTable, curveTable, foldedTable, htmlTable } from "./data-table.ts";
import { escapeHtml, scriptJson } from "./escape-html.ts";
import { curveStyles } from "./palette.ts";
import { script } from "./script.ts";
import { style } from "./style.ts";

/** What the report tells of. */
export interface ReportInput {
  readonly options: Options;
  readonly runs: readonly RunResult[];
  readonly summaries: readonly NormSummary[];
}

/** One page with all results. It is complete in itself: nothing is loaded from anywhere. */
export function makeReport({ options, runs, summaries }: ReportInput): string {
  const shown = runs.filter((run) => run.seed === options.seed);
  const layers = shown[0]?.initial.map((layer) => layer.name) ?? [];
  const { head, rows } = resultCells(summaries);
  const epochs = epochsOf(shown);
  const seeds =
    options.seeds === 1 ? `seed ${options.seed}` : `seeds ${options.seed} to ${options.seed + options.seeds - 1}`;
  const order = options.order === "norm-first" ? "Dense, norm, ReLU" : "Dense, ReLU, norm";
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>Four networks on handwritten digits</title>
<style>${style}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the results</a>
<header>
<h1>Four networks on handwritten digits</h1>
<p>The same network (${widths.join("-")}, ${order}) trained on 1,438 images of 8 × 8 pixels and tested on the other 359: without a
norm, and with BatchNorm, LayerNorm and RMSNorm. All start from the same weights and see the same batches.</p>
<p class="meta">Adam, learning rate 0.001, batches of 32, ${epochs} ${epochs === 1 ? "epoch" : "epochs"}, ${seeds}.</p>
</header>
<main id="main">
<h2 id="results">Results</h2>
<div class="wide" tabindex="0" role="region" aria-label="Results">${htmlTable(
    options.seeds === 1 ? "After the last epoch" : `After the last epoch, mean of ${options.seeds} seeds`,
    head,
    rows,
  )}</div>
<h2 id="curves">Loss and accuracy</h2>
${options.seeds === 1 ? "" : `<p>Curves are those of seed ${options.seed}.</p>`}
${legend(shown)}
<div class="pair">
<figure><figcaption>Training loss (logarithmic)</figcaption>${lossChart(shown)}</figure>
<figure><figcaption>Test accuracy</figcaption>${accuracyChart(shown)}</figure>
</div>
${reader(epochs)}
${foldedTable("All values as a table", curveTable(shown))}
<h2 id="activations">How the activations moved</h2>
<p>Each panel follows one layer of one network, from before training (epoch 0) to the end: the line is the mean of everything that the
layer puts out for the training images, the band one standard deviation to either side. Scales are shared within a row.</p>
${layers
  .map(
    (layer) => `<h3>${escapeHtml(capital(layer))}</h3>
<figure class="wide" tabindex="0" role="region" aria-label="${escapeHtml(capital(layer))}, chart">${activationChart(shown, layer)}</figure>
${foldedTable(`${capital(layer)} as a table`, activationTable(shown, layer))}`,
  )
  .join("\n")}
</main>
<footer>
<p class="meta">Data: E. Alpaydin and C. Kaynak, Optical Recognition of Handwritten Digits (1998), UCI Machine Learning Repository, CC BY 4.0.</p>
</footer>
<script type="application/json" id="runs">${scriptJson(
    shown.map(({ norm, history }) => ({
      norm,
      history: history.map((record) => [record.trainLoss, record.testLoss, record.testAccuracy]),
    })),
  )}</script>
<script>${script}</script>
</body>
</html>
`;
}

function legend(runs: readonly RunResult[]): string {
  const items = runs.map(({ norm }) => {
    const { colour, dash, label } = curveStyles[norm];
    const line = `<line x1="0" y1="6" x2="44" y2="6" stroke="${colour}" stroke-width="2.5" stroke-dasharray="${dash}"/>`;
    return `<li><svg viewBox="0 0 44 12" aria-hidden="true">${line}</svg>${escapeHtml(label)}</li>`;
  });
  return `<ul class="legend" aria-label="Curves">${items.join("")}</ul>`;
}

function reader(epochs: number): string {
  return `<div class="reader" id="reader" hidden>
<label for="epoch">Values after epoch <span id="epoch-number">${epochs}</span> (arrow keys move it)</label>
<input type="range" id="epoch" min="1" max="${epochs}" value="${epochs}">
<div class="wide"><table><thead><tr><th scope="col">norm</th><th scope="col">training loss</th><th scope="col">test loss</th><th scope="col">test accuracy</th></tr></thead><tbody id="values"></tbody></table></div>
</div>`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
