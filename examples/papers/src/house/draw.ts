import type { Markish, PlotOptions, ScaleOptions, SymbolType } from "@observablehq/plot";
import * as Plot from "@observablehq/plot";
import domino from "domino";
import type { Axis, Figure, Panel, Series } from "./figure.ts";

/** How a series looks; symbols and dashes tell them apart without colour. */
interface Look {
  readonly colour: string;
  readonly dash: string;
  readonly symbol: SymbolType;
}

/** Okabe and Ito's colours without yellow, which is too light for a line on white. */
const colours = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#000000", "#56b4e9", "#e69f00"] as const;
const dashes = ["none", "7 3", "2 3", "7 3 2 3", "12 4"] as const;
const symbols = ["circle", "square2", "triangle2", "diamond2", "times", "plus", "star"] as const satisfies SymbolType[];

const panel = { width: 380, height: 290 } as const;
const margin = 12;
const lineHeight = 22;

/** A figure as the text of an SVG file, on white, with title and description for those who do not see it. */
export function drawFigure({ title, description, panels }: Figure): string {
  const labels = [...new Set(panels.flatMap(({ series }) => series.map(({ label }) => label)))];
  const looks = new Map(labels.map((label, index) => [label, lookAt(index)]));
  const perRow = panels.length === 4 ? 2 : Math.min(panels.length, 3);
  const width = 2 * margin + perRow * panel.width;
  const legend = drawLegend(looks, width);
  const top = margin + legend.height;
  const height = top + Math.ceil(panels.length / perRow) * panel.height + margin;
  const drawn = panels.map((one, index) => {
    const x = margin + (index % perRow) * panel.width;
    const y = top + Math.floor(index / perRow) * panel.height;
    return `<svg x="${x}" y="${y}" width="${panel.width}" height="${panel.height}">${drawPanel(one, looks)}</svg>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title description" font-family="system-ui, sans-serif" font-size="12" fill="#1a1a1a">`,
    `<title id="title">${escaped(title)}</title>`,
    `<desc id="description">${escaped(description)}</desc>`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    legend.svg,
    ...drawn,
    "</svg>\n",
  ].join("\n");
}

function lookAt(index: number): Look {
  return {
    colour: colours[index % colours.length]!,
    dash: dashes[index % dashes.length]!,
    symbol: symbols[index % symbols.length]!,
  };
}

function drawPanel({ title, x, y, series }: Panel, looks: ReadonlyMap<string, Look>): string {
  const options: PlotOptions = {
    ...{ ...panel, className: "plot", marginLeft: 58, marginBottom: 46, marginTop: 34, marginRight: 16 },
    document: domino.createDocument(),
    x: axisOf(x),
    y: { ...axisOf(y), grid: true },
    marks: [
      Plot.text([title], { frameAnchor: "top", dy: -24, fontSize: 13, fontWeight: 600 }),
      Plot.frame({ stroke: "#999999" }),
      ...series.flatMap((one) => marksOf(one, looks.get(one.label)!)),
    ],
  };
  const plot = Plot.plot(options);
  plot.querySelector("style")?.remove();
  return plot.outerHTML;
}

function axisOf({ label, scale = "linear", domain, ticks }: Axis): ScaleOptions {
  return {
    ...{ label, type: scale, labelArrow: "none", labelAnchor: "center", inset: 6, nice: true },
    ...(scale === "log" && { ticks: 5, tickFormat: powerLabel }),
    ...(domain && { domain, nice: false }),
    ...(ticks && { ticks }),
  };
}

/** `0.01`, `1000`, and `1e-6` for what would be long. */
function powerLabel(value: number): string {
  return value >= 1e-3 && value < 1e5 ? String(value) : value.toExponential().replace("e+", "e");
}

/** The span of the seeds, a line through the means, and a symbol on each, or on some of many. */
function marksOf({ points }: Series, { colour, dash, symbol }: Look): Markish[] {
  const finite = points.filter(({ low, high }) => Number.isFinite(low) && Number.isFinite(high));
  const dotted = finite.length > 12 ? finite.filter((_, index) => index % Math.ceil(finite.length / 8) === 0) : finite;
  return [
    Plot.areaY(finite, { x: "x", y1: "low", y2: "high", fill: colour, fillOpacity: 0.15 }),
    Plot.line(finite, { x: "x", y: "y", stroke: colour, strokeWidth: 2, strokeDasharray: dash }),
    Plot.dot(dotted, { x: "x", y: "y", symbol, stroke: colour, fill: "#ffffff", r: 4, strokeWidth: 1.6 }),
  ];
}

/** What the looks mean, in as many lines as the labels need. */
function drawLegend(
  looks: ReadonlyMap<string, Look>,
  width: number,
): { readonly svg: string; readonly height: number } {
  if (looks.size < 2) return { svg: "", height: 0 };
  const items: string[] = [];
  let [x, line] = [margin, 0];
  for (const [label, { colour, dash, symbol }] of looks) {
    const length = 46 + 7 * label.length;
    if (x > margin && x + length > width) [x, line] = [margin, line + 1];
    const sample = Plot.plot({
      ...{ width: 36, height: 16, margin: 2, className: "plot", document: domino.createDocument(), axis: null },
      x: { domain: [0, 2] },
      y: { domain: [-1, 1] },
      marks: [
        Plot.line([0, 2], { x: Plot.identity, y: () => 0, stroke: colour, strokeWidth: 2, strokeDasharray: dash }),
        Plot.dot([1], {
          x: Plot.identity,
          y: () => 0,
          symbol,
          stroke: colour,
          fill: "#ffffff",
          r: 4,
          strokeWidth: 1.6,
        }),
      ],
    });
    sample.querySelector("style")?.remove();
    items.push(
      `<svg x="${x}" y="${margin + line * lineHeight}" width="36" height="16">${sample.outerHTML}</svg>`,
      `<text x="${x + 42}" y="${margin + line * lineHeight + 12}">${escaped(label)}</text>`,
    );
    x += length + 10;
  }
  return { svg: items.join("\n"), height: (line + 1) * lineHeight };
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
