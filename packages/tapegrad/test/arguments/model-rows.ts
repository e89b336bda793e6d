import { nn, ones, type Tensor, train } from "../../src/index.ts";
import type { Rows } from "./rows.ts";

const model = (): train.Model =>
  new train.Model(new nn.Dense(2, 1)).compile({ optimizer: "sgd", loss: "mse", metrics: [] });
const [x, y]: [() => Tensor, () => Tensor] = [() => ones([3, 2]), () => ones([3, 1])];
/** What passes through is named by the layer that refuses it. */
const says = "linear";

/** Training by `Model`. */
export const modelRows: Rows = {
  "train.History": ["", () => []],
  "train.Model": ["module?", () => [new nn.Dense(2, 1)]],
  "train.Model.add": ["module", () => [new train.Model(), new nn.Dense(2, 1)]],
  "train.Model.compile": ["options", () => [new train.Model(new nn.Dense(2, 1)), { optimizer: "adam", loss: "mse" }]],
  "train.Model.fit": ["someTensors tensor options?", () => [model(), x(), y(), { verbose: 0 }], says],
  "train.Model.evaluate": ["someTensors tensor options?", () => [model(), x(), y(), {}], says],
  "train.Model.predict": ["someTensors options?", () => [model(), x(), {}], says],
  "train.Model.trainOnBatch": ["someTensors tensor options?", () => [model(), x(), y(), {}], says],
  "train.Model.testOnBatch": ["someTensors tensor options?", () => [model(), x(), y(), {}], says],
};
