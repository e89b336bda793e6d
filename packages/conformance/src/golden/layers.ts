import {
  type AnyModule,
  BatchNorm,
  Conv1d,
  Conv2d,
  Conv3d,
  ConvTranspose1d,
  ConvTranspose2d,
  ConvTranspose3d,
  Dense,
  Embedding,
  GroupNorm,
  GRU,
  InstanceNorm,
  LayerNorm,
  LocalResponseNorm,
  LSTM,
  PReLU,
  RMSNorm,
} from "@tapegrad/nn";
import { FormatError } from "@tapegrad/tensor";
import { type GoldenCase, type Json, number } from "./format.ts";
import { settings } from "./settings.ts";

/** The settings of a layer under PyTorch's names. */
export type Config = GoldenCase["config"];

const statistics = {
  num_features: null,
  eps: "eps",
  momentum: "momentum",
  affine: "affine",
  track_running_stats: "trackRunningStats",
};

const batchNorm = (config: Config): AnyModule =>
  new BatchNorm(count(config, "num_features"), settings(config, statistics));

/** Without a momentum PyTorch's InstanceNorm leaves its running statistics alone. */
const instanceNorm = (config: Config): AnyModule => {
  const still = config["momentum"] === null ? { momentum: 0 } : {};
  return new InstanceNorm(count(config, "num_features"), settings({ ...config, ...still }, statistics));
};

type Convolution<O> = new (inChannels: number, outChannels: number, size: number, options: O) => AnyModule;

function convolution<O extends object>(layer: Convolution<O>): (config: Config) => AnyModule {
  const names = {
    ...{ in_channels: null, out_channels: null, kernel_size: null, bias: "bias" },
    ...{ stride: "stride", padding: "padding", dilation: "dilation", groups: "groups" },
    ...{ padding_mode: "paddingMode", output_padding: "outputPadding" },
  };
  return (config) => {
    const size = config["kernel_size"] as number;
    return new layer(count(config, "in_channels"), count(config, "out_channels"), size, settings<O>(config, names));
  };
}

function recurrent(layer: typeof LSTM | typeof GRU): (config: Config) => AnyModule {
  const names = { input_size: null, hidden_size: null };
  return (config) => new layer(count(config, "input_size"), count(config, "hidden_size"), settings(config, names));
}

const trailing = { normalized_shape: null, eps: "eps", elementwise_affine: "affine", bias: "bias" };

/** One row for each layer of PyTorch. */
const layers: Readonly<Record<string, (config: Config) => AnyModule>> = {
  Linear: (config) => {
    const names = { in_features: null, out_features: null, bias: "bias" };
    return new Dense(count(config, "in_features"), count(config, "out_features"), settings(config, names));
  },
  Embedding: (config) => {
    const names = { num_embeddings: null, embedding_dim: null };
    return new Embedding(count(config, "num_embeddings"), count(config, "embedding_dim"), settings(config, names));
  },
  Conv1d: convolution(Conv1d),
  Conv2d: convolution(Conv2d),
  Conv3d: convolution(Conv3d),
  ConvTranspose1d: convolution(ConvTranspose1d),
  ConvTranspose2d: convolution(ConvTranspose2d),
  ConvTranspose3d: convolution(ConvTranspose3d),
  LSTM: recurrent(LSTM),
  GRU: recurrent(GRU),
  PReLU: (config) => new PReLU(settings(config, { num_parameters: "channels", init: "init" })),
  BatchNorm1d: batchNorm,
  BatchNorm2d: batchNorm,
  BatchNorm3d: batchNorm,
  InstanceNorm1d: instanceNorm,
  InstanceNorm2d: instanceNorm,
  InstanceNorm3d: instanceNorm,
  LayerNorm: (config) => new LayerNorm(normalizedShape(config), settings(config, trailing)),
  RMSNorm: (config) => new RMSNorm(normalizedShape(config), settings(withoutNullEps(config), trailing)),
  GroupNorm: (config) => {
    const names = { num_groups: null, num_channels: null, affine: "affine", eps: "eps" };
    return new GroupNorm(count(config, "num_groups"), count(config, "num_channels"), settings(config, names));
  },
  LocalResponseNorm: (config) => {
    const names = { size: null, alpha: "alpha", beta: "beta", k: "k" };
    return new LocalResponseNorm(count(config, "size"), settings(config, names));
  },
};

/** A setting that is a number. */
export function count(config: Config, name: string): number {
  return number(config[name], name);
}

/** The setting `normalized_shape`, one number or several. */
export function normalizedShape(config: Config): number | readonly number[] {
  return config["normalized_shape"] as number | readonly number[];
}

/** The settings of an RMSNorm: PyTorch's null for its default, the epsilon of the dtype, is an option that is not given. */
export function withoutNullEps({ eps = null, ...config }: Config): Config {
  return eps === null ? config : { ...config, eps };
}

/** Whether there is a row for a layer of this type. */
export function isLayer(type: string): boolean {
  return Object.hasOwn(layers, type);
}

/**
 * A layer of PyTorch as ours, of float32.
 *
 * @throws {FormatError} for a type or setting without a row
 */
export function buildLayer(type: Json | undefined, config: Config): AnyModule {
  const build = typeof type === "string" && isLayer(type) ? layers[type] : undefined;
  if (build === undefined) throw new FormatError(`buildLayer: expected a known layer, got ${String(type)}.`);
  return build(config);
}
