declare const layer: unique symbol;

/**
 * Marks options as those of one layer, for the compiler alone: that those of several layers have the same names does not
 * make a preset of one fit another.
 */
export interface OptionsOf<Layer extends string> {
  readonly [layer]?: Layer;
}
