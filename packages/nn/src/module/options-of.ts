declare const layer: unique symbol;

/**
 * Marks options as those of one layer, for the compiler alone: a preset of one then does not fit another, nor does any
 * fit `never`.
 */
export interface OptionsOf<Layer extends string> {
  /** Never there: the compiler compares it. */
  readonly [layer]?: Layer;
}
