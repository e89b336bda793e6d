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
    const target = y.to("float32").unsqueeze(1);
    // Neighbours in the file are not in order of anything: the last fifth is for the test.
    const count = Math.floor(0.8 * x.shape[0]!);
    // Fitted on what is trained on alone.
    const scale = data.zScore().fit(x.slice([0, count]));
    const part = (from: number, to?: number): readonly [Tensor, Tensor] => [
      scale.apply(x.slice([from, to])),
      target.slice([from, to]),
    ];
    return { train: part(0, count), test: part(count) };
  },
};
