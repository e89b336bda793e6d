import type { Drawing } from "../drawing/drawing.ts";
import { drawChart } from "../drawing/drawing.ts";
import { seriesStyle } from "../drawing/series-style.ts";
import { escapeHtml, figureText, foldedTable } from "../html.ts";
import type { LayerActivations, Run } from "../report-run.ts";
import { capital } from "./figures.ts";

interface Point extends LayerActivations {
  readonly epoch: number;
}

interface Panel {
  readonly run: Run;
  readonly index: number;
  readonly points: readonly Point[];
}

/** For every layer, how mean and spread of what it puts out moved, with a panel for each run. */
export function activationSection(drawing: Drawing, runs: readonly Run[]): string {
  const layers = [
    ...new Set(runs.flatMap((run) => run.activations.flatMap(([, each]) => each.map(({ name }) => name)))),
  ];
  if (layers.length === 0) return "";
  return `<h2>How the activations moved</h2>
<p>Each panel follows one layer of one network: the line is the mean of all that the layer puts out, the band one standard deviation to
either side. Scales are shared within a row.</p>
${layers.map((layer, i) => layerPanels(drawing, runs, layer, `layer-${i}`)).join("\n")}`;
}

function layerPanels(drawing: Drawing, runs: readonly Run[], layer: string, id: string): string {
  const panels = runs
    .map((run, index): Panel => ({ run, index, points: pointsOf(run, layer) }))
    .filter(({ points }) => points.length > 0);
  const all = panels.flatMap(({ points }) => points).filter(({ mean, std }) => Number.isFinite(mean + std));
  const domain = [
    Math.min(0, ...all.map(({ mean, std }) => mean - std)),
    Math.max(0, ...all.map(({ mean, std }) => mean + std)),
  ];
  const charts = panels.map(
    (panel) =>
      `<figure><figcaption>${escapeHtml(panel.run.name)}</figcaption>${drawPanel(drawing, panel, layer, domain, `${id}-${panel.index}`)}</figure>`,
  );
  return `<h3>${escapeHtml(capital(layer))}</h3>
<div class="panels">${charts.join("\n")}</div>
${foldedTable(tableOf(panels, layer))}`;
}

function drawPanel(
  drawing: Drawing,
  { run, index, points }: Panel,
  layer: string,
  domain: readonly number[],
  id: string,
): string {
  const { Plot } = drawing;
  const { colour } = seriesStyle(index);
  const [first, last] = [points[0]!, points.at(-1)!];
  return drawChart(drawing, {
    id,
    title: `${capital(layer)} of ${run.name}`,
    description: `Mean from ${figureText(first.mean)} to ${figureText(last.mean)}, deviation from ${figureText(first.std)} to ${figureText(last.std)}.`,
    width: 300,
    height: 200,
    x: { label: "epoch", ticks: 4, domain: [first.epoch, Math.max(last.epoch, first.epoch + 1)], tickFormat: "d" },
    y: { label: null, grid: true, ticks: 5, domain },
    marks: [
      Plot.ruleY([0], { strokeOpacity: 0.4 }),
      Plot.areaY(points, {
        x: "epoch",
        y1: ({ mean, std }: Point) => mean - std,
        y2: ({ mean, std }: Point) => mean + std,
        fill: colour,
        fillOpacity: 0.25,
      }),
      Plot.lineY(points, { x: "epoch", y: "mean", stroke: colour, strokeWidth: 2.2 }),
    ],
  });
}

function pointsOf({ activations }: Run, layer: string): Point[] {
  return activations.flatMap(([epoch, layers]) => {
    const found = layers.find(({ name }) => name === layer);
    return found === undefined ? [] : [{ ...found, epoch }];
  });
}

const columns = [
  ["mean", ({ mean }: Point) => figureText(mean)],
  ["deviation", ({ std }: Point) => figureText(std)],
  ["near zero", ({ nearZero }: Point) => shareText(nearZero)],
  ["saturated", ({ saturated }: Point) => shareText(saturated)],
] as const;

function tableOf(panels: readonly Panel[], layer: string): Parameters<typeof foldedTable>[0] {
  const epochs = [...new Set(panels.flatMap(({ points }) => points.map(({ epoch }) => epoch)))].toSorted(
    (a, b) => a - b,
  );
  // Shares that nobody has measured have no column.
  const shown = panels.flatMap(({ run, points }) =>
    columns
      .filter(([, text]) => points.some((point) => text(point) !== "–"))
      .map(([name, text]) => ({ title: panels.length === 1 ? name : `${run.name}: ${name}`, points, text })),
  );
  return {
    caption: `What ${layer} puts out`,
    head: ["epoch", ...shown.map(({ title }) => title)],
    rows: epochs.map((epoch) => [
      epoch === 0 ? "0 (before training)" : String(epoch),
      ...shown.map(({ points, text }) => {
        const point = points.find((each) => each.epoch === epoch);
        return point === undefined ? "–" : text(point);
      }),
    ]),
  };
}

function shareText(share: number | undefined): string {
  return share === undefined ? "–" : `${(100 * share).toFixed(1)} %`;
}
