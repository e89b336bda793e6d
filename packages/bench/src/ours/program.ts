import { functional, type Module } from "@tapegrad/nn";
import { Adam } from "@tapegrad/optim";
import { type Tensor } from "@tapegrad/tensor";
import { fromData } from "@tapegrad/tensor/internal";
import { digest } from "../digest.ts";
import { drawAll } from "../draw.ts";
import type { Row } from "../rows/row.ts";

/** A row in our framework: a function of tensors, the same for eager and compiled runs. */
export interface Program {
  readonly run: (...inputs: Tensor[]) => Tensor;
  readonly inputs: readonly Tensor[];
  /** What the last run computed, from its result. */
  readonly values: (result: Tensor) => readonly number[];
  readonly compared: number;
}

/** Tensors of a row by key. */
export type Tensors = Readonly<Record<string, Tensor>>;

/** All tensors of a row. */
export function tensorsOf(row: Row): Tensors {
  return Object.fromEntries(
    Object.entries(drawAll(row)).map(([key, { data, shape }]) => [
      key,
      fromData(data, shape, data instanceof Int32Array ? "int32" : "float32"),
    ]),
  );
}

/** Puts a row's parameters into a model. */
export function load<Model extends Module>(model: Model, tensors: Tensors): Model {
  const parameters = Object.entries(tensors).filter(([key]) => !["x", "y", "cotangent"].includes(key));
  const { unexpected } = model.loadStateDict(Object.fromEntries(parameters), { strict: false });
  if (unexpected.length > 0) throw new Error(`load: expected keys of the model, got ${unexpected.join(", ")}.`);
  return model;
}

/** A whole training step with Adam: forward, cross-entropy, backward, update. */
export function trainingProgram(model: Module, tensors: Tensors): Program {
  const [x, y] = [tensors["x"]!, tensors["y"]!];
  const binary = y.ndim === 2 && y.shape[1] === 1;
  const optimizer = new Adam(model.parameters(), { lr: 1e-3 });
  return {
    run: (input, target) => {
      optimizer.zeroGrad();
      const output = model.forward(input);
      const loss = binary
        ? functional.binaryCrossEntropyWithLogits(output, target)
        : functional.crossEntropy(output, target);
      loss.backward();
      optimizer.step();
      return loss;
    },
    inputs: [x, binary ? y.to("float32") : y.reshape([-1])],
    values: (loss) => [loss.item()],
    compared: 3,
  };
}

/** A program whose result is compared by its digest. */
export function resultProgram(run: Program["run"], inputs: readonly Tensor[]): Program {
  return { run, inputs, values: (result) => [digest(result.data)], compared: 1 };
}
