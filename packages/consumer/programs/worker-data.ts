// The data set of workers.ts, as each of its workers imports it.
import { data, randn, Generator, arange, type Tensor } from "tapegrad";

const images = new data.TensorDataset(randn([40, 1, 8, 8], { generator: new Generator(1) }), arange(40));
const crop = data.randomCrop({ padding: 2, seed: 3 });
const flip = data.randomHorizontalFlip({ seed: 3 });

const dataset: data.Dataset<[Tensor, Tensor]> = data.map(images, ([image, label], index, epoch): [Tensor, Tensor] => [
  flip(crop(image, index, epoch), index, epoch),
  label,
]);

export default dataset;
