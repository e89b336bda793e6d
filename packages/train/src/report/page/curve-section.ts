import { type Curve, drawCurves, drawLegend } from "../drawing/curves.ts";
import type { Drawing } from "../drawing/drawing.ts";
import { seriesStyle } from "../drawing/series-style.ts";
import { escapeHtml, figureText, foldedTable } from "../html.ts";
import type { Run } from "../report-run.ts";
import { capital, type Figure, figuresOf, words } from "./figures.ts";

/** Curves that belong in one chart. */
interface Group {
  readonly title: string;
  readonly base: string;
  readonly curves: readonly Curve[];
}

/**
 * Charts of all figures. One run has a chart for each figure with training and validation in it; several have a chart for
 * each of both with all runs in it.
 */
export function curveSection(drawing: Drawing, runs: readonly Run[]): string {
  const figures = figuresOf(runs);
  const groups = runs.length === 1 ? pairs(runs[0]!, figures) : figures.map((figure) => across(runs, figure));
  const looks = new Map(groups.flatMap(({ curves }) => curves).map((curve) => [curve.label, curve]));
  const epochs = runs.flatMap((run) => run.epochs);
  const [first, last] = [Math.min(...epochs), Math.max(...epochs)];
  return `<h2>Curves</h2>
${drawLegend(drawing, [...looks.values()])}
<p class="reader" hidden><label for="epoch">Values after epoch <output for="epoch">${last}</output> (arrow keys move it)</label>
<input type="range" id="epoch" min="${first}" max="${last}" value="${last}"></p>
<div class="charts">${groups.map((group, i) => figureOf(drawing, group, `curves-${i}`)).join("\n")}</div>`;
}

/** Charts of one run: the same figure of training and validation together. */
function pairs(run: Run, figures: readonly Figure[]): Group[] {
  return [...new Set(figures.map(({ base }) => base))].map((base) => ({
    title: words(base),
    base,
    curves: figures
      .filter((figure) => figure.base === base)
      .map(({ key, isValidation }) => ({
        label: isValidation ? "validation" : "training",
        epochs: run.epochs,
        values: run.figures.get(key)!,
        style: seriesStyle(Number(isValidation)),
      })),
  }));
}

/** The chart of one figure with a curve for each run that has it. */
function across(runs: readonly Run[], { key, title, base }: Figure): Group {
  const curves = runs.flatMap(({ name, epochs, figures }, i) => {
    const values = figures.get(key);
    return values === undefined ? [] : [{ label: name, epochs, values, style: seriesStyle(i) }];
  });
  return { title, base, curves };
}

function figureOf(drawing: Drawing, { title, base, curves }: Group, id: string): string {
  const scale = scaleOf(base, curves);
  const heading = `${capital(title)}${scale.type === "log" ? " (logarithmic)" : ""}`;
  const epochs = [...new Set(curves.flatMap((curve) => curve.epochs))].toSorted((a, b) => a - b);
  const rows = epochs.map((epoch) => [
    String(epoch),
    ...curves.map((curve) => figureText(curve.values[curve.epochs.indexOf(epoch)])),
  ]);
  const table = foldedTable({
    caption: `${capital(title)} after every epoch`,
    head: ["epoch", ...curves.map(({ label }) => label)],
    rows,
  });
  const svg = drawCurves(drawing, { id, title: heading, description: describe(title, curves), curves, scale });
  return `<figure class="curves"><figcaption>${escapeHtml(heading)}</figcaption>${svg}<p class="readout"></p>${table}</figure>`;
}

/**
 * Losses and rates fall by powers of ten. Of other figures, what comes in the first tenth of the epochs may lie outside:
 * it is steep and would squeeze the rest into a corner.
 */
function scaleOf(base: string, curves: readonly Curve[]): { type?: "log"; domain?: readonly [number, number] } {
  const finite = curves.flatMap(({ values }) => values.slice(Math.floor(values.length / 10)).filter(Number.isFinite));
  if (finite.length === 0) return {};
  if (/loss$|^lr$/i.test(base) && curves.every(({ values }) => values.every((value) => !(value <= 0))))
    return { type: "log" };
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  const space = (high - low) / 20 || Math.abs(high) / 20 || 1;
  return { domain: [low - space, high + space] };
}

/** First and last value of each curve, in words. */
function describe(title: string, curves: readonly Curve[]): string {
  const parts = curves.map(
    ({ label, values }) => `${label} from ${figureText(values[0])} to ${figureText(values.at(-1))}`,
  );
  return `${capital(title)} from the first to the last epoch: ${parts.join("; ")}.`;
}
