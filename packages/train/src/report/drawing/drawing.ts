import type * as PlotModule from "@observablehq/plot";

/** The plotting library, and the document that it draws in. */
export interface Drawing {
  readonly Plot: typeof PlotModule;
  readonly document: Document;
}

/** Loads the library; the document is that of the page, or one that needs no browser. */
export async function loadDrawing(): Promise<Drawing> {
  const Plot = await import("@observablehq/plot");
  const page = (globalThis as { readonly document?: Document }).document;
  return { Plot, document: page ?? (await import("domino")).default.createDocument() };
}

/** A chart with what a reader who does not see it is told. */
export interface Chart extends PlotModule.PlotOptions {
  /** What it is called on this page. */
  readonly id: string;
  readonly title: string;
  readonly description: string;
}

/**
 * The chart as an SVG element. Its x axis is written down in data attributes, so that the script of the page can mark an
 * epoch.
 */
export function drawChart({ Plot, document }: Drawing, { id, title, description, ...options }: Chart): string {
  const plot = Plot.plot({
    document,
    className: "plot",
    ariaLabel: title,
    ariaDescription: description,
    width: 480,
    height: 300,
    marginLeft: 60,
    marginBottom: 44,
    ...options,
  });
  plot.setAttribute("role", "img");
  const x = plot.scale("x");
  if (x?.type === "linear") {
    const start = Number(x.apply(0));
    plot.setAttribute("data-start", start.toFixed(3));
    plot.setAttribute("data-step", (Number(x.apply(1)) - start).toFixed(4));
  }
  // The library counts its clipping paths as long as the program runs: the same page twice would differ.
  return svgText(plot).replace(/plot-clip-\d+/g, `clip-${id}`);
}

/** A drawing as HTML, without the style sheet of the library's own: the page has one for all. */
export function svgText(plot: Element): string {
  plot.querySelector("style")?.remove();
  return plot.outerHTML;
}
