import { option, optional, type OptionTable, ranges, type ValueRange } from "@tapegrad/tensor/internal";
import type { Flattened } from "./flattening.ts";
import type { LayerPaths } from "./layer-groups.ts";
import type { LayeredModule } from "./places.ts";

/** Objects of values of `range` by name. */
function byName<T>(what: string, range: ValueRange<T>): ValueRange<Readonly<Record<string, T>>> {
  return {
    text: `to be ${what} by name`,
    has: (value): value is Readonly<Record<string, T>> =>
      ranges.record.has(value) && Object.values(value).every(range.has),
  };
}

/** What says that and how Keras flattens otherwise; loading and saving share it. */
export interface FlattenedOption {
  /**
   * `[channels, height, width]` of the images that a `Flatten` flattens, by the name of the layer behind it:
   * `{ "4": [16, 5, 5] }`. Keras flattens them with their channels last. A model that turns them itself says how many
   * features there are: `{ "4": [400] }`. None unless given.
   */
  readonly flattened?: Flattened | undefined;
}

/** The row of {@link FlattenedOption}. */
export const flattenedRow: OptionTable<FlattenedOption> = {
  flattened: optional(byName("extents", ranges.listOf(ranges.count))),
};

/** Options of `loadKerasWeights`. */
export interface LoadKerasWeightsOptions extends FlattenedOption {
  /** Whether keys without weights, and weights without a place, are errors; true unless given. Shapes must always fit. */
  readonly strict?: boolean;
  /**
   * Where in a file of Keras 3 the weights of a layer are, by its name here, for those that are not in the list of the
   * model's layers: `{ head: "classifier" }`. The path of a model within the model holds for all layers of a module:
   * `{ encoder: "layers/functional" }`. None unless given.
   */
  readonly layers?: LayerPaths | undefined;
  /** How many bytes the file may have, and what is packed in it; 1 GiB unless given. */
  readonly maxBytes?: number;
}

/** {@link LoadKerasWeightsOptions}, row by row. */
export const loadTable: OptionTable<LoadKerasWeightsOptions> = {
  strict: option(ranges.flag, true),
  layers: optional(byName("paths", ranges.orListOf(ranges.text))),
  ...flattenedRow,
  maxBytes: option(ranges.whole(0), 2 ** 30),
};

/** Modules: what has their methods. */
export const moduleRange: ValueRange<LayeredModule> = {
  text: "to be a module",
  has: (value): value is LayeredModule =>
    typeof value === "object" &&
    value !== null &&
    ["namedModules", "stateDict", "loadStateDict"].every((name) => typeof Reflect.get(value, name) === "function"),
};
