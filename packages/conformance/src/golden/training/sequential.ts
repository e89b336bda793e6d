import {
  AdaptiveAvgPool2d,
  type AnyModule,
  AvgPool2d,
  CELU,
  ELU,
  Flatten,
  GELU,
  HardSwish,
  Identity,
  LeakyReLU,
  MaxPool1d,
  MaxPool2d,
  Mish,
  type Module,
  ReLU,
  ReLU6,
  SELU,
  Sequential,
  Sigmoid,
  SiLU,
  Softplus,
  Softsign,
  Tanh,
} from "@tapegrad/nn";
import type { Json } from "../format.ts";
import { buildLayer, type Config } from "../layers.ts";
import { settings } from "../settings.ts";

type PerAxis = number | readonly number[];

/** Settings of a window that are called alike in PyTorch and here. */
const windows = { kernel_size: null, stride: "stride", padding: "padding" };
const sizeOf = ({ kernel_size: size }: Config): PerAxis => size as PerAxis;

/** One row for each layer without parameters. */
const plainLayers: Readonly<Record<string, (config: Config) => AnyModule>> = {
  ReLU: () => new ReLU(),
  ReLU6: () => new ReLU6(),
  LeakyReLU: (config) => new LeakyReLU(settings(config, { negative_slope: "negativeSlope" })),
  ELU: (config) => new ELU(settings(config, { alpha: "alpha" })),
  CELU: (config) => new CELU(settings(config, { alpha: "alpha" })),
  SELU: () => new SELU(),
  GELU: (config) => new GELU(settings(config, { approximate: "approximate" })),
  SiLU: () => new SiLU(),
  Mish: () => new Mish(),
  Softplus: (config) => new Softplus(settings(config, { beta: "beta", threshold: "threshold" })),
  Softsign: () => new Softsign(),
  Sigmoid: () => new Sigmoid(),
  Tanh: () => new Tanh(),
  Hardswish: () => new HardSwish(),
  Identity: () => new Identity(),
  Flatten: () => new Flatten(),
  MaxPool1d: (config) => new MaxPool1d(sizeOf(config), settings(config, windows)),
  MaxPool2d: (config) => new MaxPool2d(sizeOf(config), settings(config, windows)),
  AvgPool2d: (config) => new AvgPool2d(sizeOf(config), settings(config, windows)),
  AdaptiveAvgPool2d: (config) => new AdaptiveAvgPool2d(config["output_size"] as PerAxis),
};

/**
 * One layer after the other.
 *
 * @throws {FormatError} for a layer or setting without a row
 */
export function sequential({ layers }: Config): Module {
  const modules = (layers as readonly Config[]).map(({ type, ...config }: { readonly [key: string]: Json }) => {
    const plain = typeof type === "string" && Object.hasOwn(plainLayers, type) ? plainLayers[type] : undefined;
    return plain === undefined ? buildLayer(type, config) : plain(config);
  });
  return new Sequential(...(modules as Module[]));
}
