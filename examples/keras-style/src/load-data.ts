import { data, datasets, type Tensor } from "tapegrad";

/** Samples to train on and others to evaluate on. */
export interface Samples {
  readonly train: readonly [x: Tensor, y: Tensor];
  readonly test: readonly [x: Tensor, y: Tensor];
}

/** Where the samples of the two kinds of programs are from. */
export interface Sources {
  /** Images `[N, 784]` from 0 to 1, classes `[N]`. */
  readonly images: (limit: number) => Promise<Samples>;
  /** Features `[N, 10]`, 0 or 1 as `[N, 1]`. */
  readonly table: () => Samples;
}

/** Fashion-MNIST, and ten features of tumours. */
export const realData: Sources = {
  images: async (limit) => {
    const { train, test } = await datasets.fashionMnist({ scale: 1 / 255, limit });
    return { train: [train.x, train.y], test: [test.x, test.y] };
  },
  table: () => {
    const { x, y } = datasets.breastCancer({ features: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] });
    // The file begins with more of one class than it ends with: both parts get the same shares of both.
    const [first, second] = data.randomSplit(new data.TensorDataset(x, y), [0.8, 0.2], { seed: 0, stratify: y });
    const [xTrain, yTrain] = data.collect(first);
    const [xTest, yTest] = data.collect(second);
    // Fitted on what is trained on alone.
    const scale = data.zScore().fit(xTrain);
    const part = (features: Tensor, classes: Tensor): readonly [Tensor, Tensor] => [
      scale.apply(features),
      classes.to("float32").unsqueeze(1),
    ];
    return { train: part(xTrain, yTrain), test: part(xTest, yTest) };
  },
};
