import { Generator, nn } from "tapegrad";

/** The norms that are compared. */
export const normNames = ["none", "BatchNorm", "LayerNorm", "RMSNorm"] as const;

/** One of {@link normNames}. */
export type NormName = (typeof normNames)[number];

/** Layers that normalize values of a shape, channels first; none for "none". */
const norms: { readonly [name in NormName]: (shape: readonly number[]) => readonly nn.Module[] } = {
  none: () => [],
  BatchNorm: ([channels = 1]) => [new nn.BatchNorm(channels)],
  LayerNorm: (shape) => [new nn.LayerNorm(shape)],
  RMSNorm: (shape) => [new nn.RMSNorm(shape)],
};

/** He's, which keeps the variance through a ReLU; chosen on 10,000 images of the training part that were not trained on. */
const init = "kaimingUniform";

/** A network, and how it is trained. */
export interface Network {
  /** What the images must look like. */
  readonly flatten: boolean;
  readonly epochs: number;
  readonly batchSize: number;
  /** The network with a norm before each activation; one seed gives the same weights whatever the norm. */
  readonly build: (norm: NormName, seed: number) => nn.Sequential;
}

/** A perceptron 784-256-128-10. */
const mlp: Network = {
  flatten: true,
  epochs: 10,
  batchSize: 128,
  build(norm, seed) {
    const generator = new Generator(seed);
    const hidden = (from: number, to: number): readonly nn.Module[] => [
      new nn.Dense(from, to, { init, generator }),
      ...norms[norm]([to]),
      new nn.ReLU(),
    ];
    return new nn.Sequential(...hidden(784, 256), ...hidden(256, 128), new nn.Dense(128, 10, { generator }));
  },
};

/** Twice a convolution of 5×5 and a maximum of 2×2, from 1 over 20 to 50 channels; then a dense layer. */
const cnn: Network = {
  flatten: false,
  epochs: 5,
  batchSize: 64,
  build(norm, seed) {
    const generator = new Generator(seed);
    const block = (from: number, to: number, extent: number): readonly nn.Module[] => [
      new nn.Conv2d(from, to, 5, { init, generator }),
      ...norms[norm]([to, extent, extent]),
      new nn.ReLU(),
      new nn.MaxPool2d(2),
    ];
    const head = new nn.Dense(50 * 4 * 4, 10, { generator });
    return new nn.Sequential(...block(1, 20, 24), ...block(20, 50, 8), new nn.Flatten(), head);
  },
};

/** The networks by their names. */
export const networks: { readonly mlp: Network; readonly cnn: Network } = { mlp, cnn };

/** Name of a network. */
export type NetworkName = keyof typeof networks;
