import {
  BatchNorm,
  Conv2d,
  Dense,
  Flatten,
  LayerNorm,
  MaxPool2d,
  type Module,
  ReLU,
  RMSNorm,
  Sequential,
} from "@tapegrad/nn";
import { FormatError } from "@tapegrad/tensor";
import { type Json, number } from "../format.ts";

/** The settings of a layer or model, under PyTorch's names. */
export type Spec = Readonly<Record<string, Json>>;

const dtype = "float64";

/** A layer of each type in the fixtures. */
const layers: Readonly<Record<string, (spec: Spec) => Module>> = {
  Linear: (s) => new Dense(number(s["in_features"]), number(s["out_features"]), { bias: s["bias"] !== false, dtype }),
  BatchNorm1d: (s) => new BatchNorm(number(s["num_features"]), { dtype }),
  BatchNorm2d: (s) => new BatchNorm(number(s["num_features"]), { dtype }),
  LayerNorm: (s) => new LayerNorm(s["normalized_shape"] as number[], { dtype }),
  RMSNorm: (s) => new RMSNorm(s["normalized_shape"] as number[], { eps: number(s["eps"]), dtype }),
  Conv2d: (s) =>
    new Conv2d(number(s["in_channels"]), number(s["out_channels"]), number(s["kernel_size"]), {
      padding: number(s["padding"]),
      bias: s["bias"] !== false,
      dtype,
    }),
  MaxPool2d: (s) => new MaxPool2d(number(s["kernel_size"])),
  ReLU: () => new ReLU(),
  Flatten: () => new Flatten(),
};

/**
 * One layer after the other.
 *
 * @throws {FormatError} for a layer without a row
 */
export function sequential({ layers: specs }: Spec): Module {
  const modules = (specs as readonly Spec[]).map((spec) => {
    const type = String(spec["type"]);
    const build = Object.hasOwn(layers, type) ? layers[type] : undefined;
    if (build === undefined) throw new FormatError(`sequential: expected a known layer, got ${type}.`);
    return build(spec);
  });
  return new Sequential(...modules);
}
