import * as Plot from "@observablehq/plot";
import domino from "domino";

/** A chart with what a reader who does not see it is told. */
export interface Chart extends Plot.PlotOptions {
  readonly title: string;
  readonly description: string;
  readonly epochs: number;
  readonly marks: Plot.Markish[];
}

/** The chart as an SVG element, with a line that the page's script moves to the chosen epoch. */
export function drawChart({ title, description, epochs, marks, ...options }: Chart): string {
  const plot = Plot.plot({
    // Plot builds a real document tree; this one needs no browser.
    document: domino.createDocument(),
    className: "plot",
    ariaLabel: title,
    ariaDescription: description,
    ...options,
    marks: [...marks, Plot.ruleX([epochs], { className: "cursor", strokeOpacity: 0.5 })],
  });
  const x = plot.scale("x");
  if (x === undefined) throw new Error("drawChart: expected a chart with an x scale, got one without.");
  const start = Number(x.apply(0));
  const step = Number(x.apply(1)) - start;
  plot.setAttribute("role", "img");
  plot.setAttribute("data-start", start.toFixed(3));
  plot.setAttribute("data-step", step.toFixed(4));
  return plot.outerHTML;
}
