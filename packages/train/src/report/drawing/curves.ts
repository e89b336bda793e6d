import type { DotOptions, LineOptions, Markish } from "@observablehq/plot";
import { escapeHtml } from "../html.ts";
import { type Drawing, drawChart, svgText } from "./drawing.ts";
import type { SeriesStyle } from "./series-style.ts";

/** Values over the epochs. */
export interface Curve {
  readonly label: string;
  readonly epochs: readonly number[];
  readonly values: readonly number[];
  readonly style: SeriesStyle;
}

/** Some curves over the same epochs. */
export interface CurveChart {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly curves: readonly Curve[];
  readonly scale: { readonly type?: "log"; readonly domain?: readonly [number, number] };
}

/** Curves over the epochs with a line that the page's script moves to the chosen epoch. */
export function drawCurves(drawing: Drawing, { id, title, description, curves, scale }: CurveChart): string {
  const { Plot } = drawing;
  const epochs = curves.flatMap((curve) => curve.epochs);
  const last = Math.max(...epochs);
  const ticks = scale.type === "log" ? logTicks(curves) : undefined;
  return drawChart(drawing, {
    id,
    title,
    description,
    marginTop: 16,
    x: {
      label: "epoch",
      domain: [Math.min(...epochs, last - 1), last],
      nice: false,
      ticks: whole(epochs),
      tickFormat: "d",
    },
    y: { label: null, grid: true, ticks: ticks ?? 6, ...scale },
    marks: [
      // A logarithmic scale of the library leaves out labels that are not near a power of ten.
      ...(ticks ? [Plot.axisY(ticks, { text: String, label: null })] : []),
      ...curves.flatMap((curve, i) => marksOf(drawing, curve, i / curves.length)),
      Plot.ruleX([last], { className: "cursor", strokeOpacity: 0.5 }),
    ],
  });
}

/** A line, and symbols on some of its points: at places of their own in each curve, so that they do not meet. */
function marksOf({ Plot }: Drawing, { epochs, values, style }: Curve, phase: number): Markish[] {
  const points = values.map((value, i) => ({ epoch: epochs[i]!, value }));
  const step = Math.max(1, Math.round(points.length / 6));
  const offset = Math.min(Math.floor(phase * step), points.length - 1);
  const channels = { x: "epoch", y: "value", clip: true } as const;
  return [
    Plot.line(points, { ...channels, ...lineLook(style) }),
    Plot.dot(
      points.filter((_, i) => i % step === offset),
      { ...channels, ...symbolLook(style) },
    ),
  ];
}

/** A list of what the looks of curves mean. */
export function drawLegend({ Plot, document }: Drawing, curves: readonly Pick<Curve, "label" | "style">[]): string {
  const items = curves.map(({ label, style }) => {
    const swatch = Plot.plot({
      document,
      className: "swatch",
      width: 52,
      height: 16,
      margin: 1,
      axis: null,
      x: { domain: [0, 2] },
      y: { domain: [-1, 1] },
      marks: [
        Plot.line([0, 2], { x: Plot.identity, y: () => 0, ...lineLook(style) }),
        Plot.dot([1], { x: Plot.identity, y: () => 0, ...symbolLook(style) }),
      ],
    });
    swatch.setAttribute("aria-hidden", "true");
    return `<li>${svgText(swatch)}${escapeHtml(label)}</li>`;
  });
  return `<ul class="legend" aria-label="Curves">${items.join("")}</ul>`;
}

function lineLook({ colour, dash }: SeriesStyle): LineOptions {
  return { stroke: colour, strokeWidth: 2.2, strokeDasharray: dash, strokeLinecap: "butt" };
}

function symbolLook({ colour, symbol }: SeriesStyle): DotOptions {
  return { stroke: colour, symbol, r: 4, strokeWidth: 1.6, fill: "var(--page)" };
}

/** What is marked of each power of ten: the first of these that marks enough. */
const marked: readonly (readonly number[])[] = [[1], [1, 3], [1, 2, 5], ...[1, 2, 5, 10].map(parts)];

/** From 1 to 10 in steps of a whole, a half, ... */
function parts(count: number): number[] {
  return Array.from({ length: 9 * count }, (_, i) => 1 + i / count);
}

/** Ticks of a logarithmic axis: a few round numbers in the range of the values, however many powers of ten it spans. */
function logTicks(curves: readonly Curve[]): number[] {
  const values = curves.flatMap((curve) => curve.values).filter(Number.isFinite);
  const [lowest, highest] = [Math.min(...values), Math.max(...values)];
  const first = Math.floor(Math.log10(lowest));
  const powers = Array.from({ length: Math.ceil(Math.log10(highest)) - first + 1 }, (_, i) => first + i);
  const ticks = marked.map((factors) =>
    powers
      .flatMap((power) => factors.map((factor) => Number(`${factor}e${power}`)))
      .filter((tick) => tick >= lowest && tick <= highest),
  );
  return ticks.find(({ length }) => length >= 3) ?? ticks.at(-1)!;
}

/** A few whole numbers of epochs for an axis. */
function whole(epochs: readonly number[]): number[] {
  const [first, last] = [Math.min(...epochs), Math.max(...epochs)];
  const raw = Math.max(1, (last - first) / 6);
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= raw)!;
  const from = Math.ceil(first / step) * step;
  return Array.from({ length: Math.floor((last - from) / step) + 1 }, (_, i) => from + i * step);
}
