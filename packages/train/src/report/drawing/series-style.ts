import type { SymbolType } from "@observablehq/plot";

/** How a curve looks. Dashes and symbols tell curves apart without colour. */
export interface SeriesStyle {
  /** A custom property of the style sheet, so that it can differ in light and dark. */
  readonly colour: string;
  readonly dash: string;
  readonly symbol: SymbolType;
}

/** How many colours the style sheet has. */
const colours = 8;
const dashes = ["none", "8 3", "2 3", "8 3 2 3", "14 4"] as const;
const symbols = ["circle", "square2", "triangle2", "diamond2", "times", "plus", "star"] as const satisfies SymbolType[];

/** The look of the curve at `index`; 280 of them differ. */
export function seriesStyle(index: number): SeriesStyle {
  return {
    colour: `var(--series-${index % colours})`,
    dash: dashes[index % dashes.length]!,
    symbol: symbols[index % symbols.length]!,
  };
}
