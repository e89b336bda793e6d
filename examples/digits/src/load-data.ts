import { data, datasets, type Tensor } from "tapegrad";

/** Images and their classes. */
export interface Part {
  readonly x: Tensor;
  readonly y: Tensor;
}

/** The digits with pixels of 0..1, divided at random into 80 % for training and 20 % for testing. */
export function loadData(seed: number): { readonly train: Part; readonly test: Part } {
  const { dataset } = datasets.digits({ scale: 1 / 16 });
  const [train, test] = data.randomSplit(dataset, [0.8, 0.2], { seed });
  return { train: toPart(train), test: toPart(test) };
}

function toPart(subset: data.Subset<[Tensor, Tensor]>): Part {
  const [x, y] = data.collect(subset);
  return { x, y };
}
