import { runModel } from "@tapegrad/onnx/internal";
import { type DType, type Tensor } from "@tapegrad/tensor";
import { isFloat } from "@tapegrad/tensor/internal";
import { Comparison } from "../golden/comparison.ts";
import type { GoldenTensor, Tolerance } from "../golden/format.ts";
import type { NodeTest } from "./node-test.ts";
import { checkRandom, isRandom } from "./random-outputs.ts";

/** Relatively a hundredth of what ONNX's own runner allows; its references are computed in float32. */
const tolerance: Tolerance = { rtol: 1e-5, atol: 1e-6 };

/** What ONNX's own runner allows, for windows: their references have 3.1415 for π. */
const windows: Tolerance = { rtol: 1e-3, atol: 1e-7 };

const goldenDTypes: Readonly<Record<DType, GoldenTensor["dtype"]>> = {
  float32: "float32",
  float64: "float64",
  int32: "int64",
  bool: "bool",
};

/** A tensor as the comparison takes it. */
export function toGolden({ shape, dtype, data }: Tensor): GoldenTensor {
  return { shape, dtype: goldenDTypes[dtype], data: data as unknown as readonly number[] };
}

/** Runs a node test and compares its outputs; whatever goes wrong is among the failures. */
export function runNodeTest(test: NodeTest): Comparison {
  const check = new Comparison(/window/.test(test.name) ? windows : tolerance);
  try {
    const differentiates = test.model.graph.nodes.some(({ opType }) => opType === "Gradient");
    const inputs = differentiates ? test.inputs.map((x) => x?.detach().requiresGrad_(isFloat(x.dtype))) : test.inputs;
    const outputs = runModel(test.model, inputs);
    test.outputs.forEach((want, i) => {
      const [label, got] = [test.model.graph.outputs[i]?.name ?? "", outputs[i]];
      if (want === undefined) check.fail(`${label}: expected a file, got none`);
      else if (!isRandom(test.name)) check.tensor(label, got, toGolden(want));
      else check.same(label, `${got?.dtype} [${got?.shape.join()}]`, `${want.dtype} [${want.shape.join()}]`);
    });
    if (isRandom(test.name)) checkRandom(test, outputs, check);
  } catch (error) {
    check.fail(error instanceof Error ? error.message : String(error));
  }
  if (check.count === 0 && check.failures.length === 0) check.fail("expected something to compare, got nothing");
  return check;
}
