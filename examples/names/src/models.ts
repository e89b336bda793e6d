import { nn, optim, type Tensor } from "tapegrad";

/** A net that predicts the next character from those before it, and how it is trained. */
export interface CharacterModel {
  /** How many characters it looks at. */
  readonly context: number;
  /** From int32 `[batch, context]` to scores `[batch, characters]`. */
  readonly build: (characters: number) => nn.Module<[Tensor]>;
  /** How many batches it trains on unless told. */
  readonly steps: number;
  readonly optimizer: (params: Tensor[]) => optim.Optimizer;
}

/** The MLP of makemore (part 3): vectors of 10 for each of 3 characters, 200 units with BatchNorm and tanh. */
const mlp: CharacterModel = {
  context: 3,
  steps: 10_000,
  build: (characters) =>
    new nn.Sequential(
      new nn.Embedding(characters, 10),
      new nn.Flatten(),
      new nn.Dense(30, 200, { bias: false }), // the norm takes the mean away, and a bias with it
      new nn.BatchNorm(200),
      new nn.Tanh(),
      new nn.Dense(200, characters),
    ),
  optimizer: (params) => new optim.AdamW(params, { lr: 5e-3 }),
};

const width = 64;

/** Two pre-norm layers with four heads over 8 characters; what the last one has gathered tells the next. */
const transformer: CharacterModel = {
  context: 8,
  steps: 3000,
  build: (characters) =>
    new nn.Sequential(
      new nn.Embedding(characters, width),
      new nn.PositionalEncoding(width, { batchFirst: true }),
      ...[1, 2].map(
        () =>
          new nn.TransformerEncoderLayer(width, 4, {
            hiddenFeatures: 4 * width,
            activation: "gelu",
            normFirst: true,
            batchFirst: true,
            dropout: 0,
          }),
      ),
      new nn.Lambda((x) => x.slice([], -1)), // [batch, width]
      new nn.LayerNorm(width),
      new nn.Dense(width, characters),
    ),
  optimizer: (params) => new optim.AdamW(params, { lr: 2e-3 }),
};

export type ModelName = "mlp" | "transformer";

/** By the name on the command line. */
export const models: { readonly [name in ModelName]: CharacterModel } = { mlp, transformer };
