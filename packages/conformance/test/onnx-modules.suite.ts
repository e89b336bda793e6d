import { compile } from "@tapegrad/compile";
import { loadOnnx, type OnnxModule } from "@tapegrad/onnx";
import { manualSeed, type Tensor } from "@tapegrad/tensor";
import { isFloat } from "@tapegrad/tensor/internal";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { Comparison } from "../src/golden/comparison.ts";
import { locateOnnxTests } from "../src/onnx/locate.ts";
import { type NodeTest, readNodeModel, readNodeTest } from "../src/onnx/node-test.ts";
import { placesOf } from "../src/onnx/onnx-rows.ts";
import { runNodeTest, toGolden } from "../src/onnx/run-node-test.ts";
import { reasonOutOfScope } from "../src/onnx/scope.ts";

/** Every how many of the tests is tried: each costs a compilation. */
const stride = 4;

/** Where computed values decide about a loop or a shape, and optimizers, which make state in each call. */
const notCompiled = /^(range_.*_expanded|.*window.*_expanded|loop11|ada.*|.*momentum.*)$/;

type Inputs = Readonly<Record<string, Tensor>>;
type Several = OnnxModule<Tensor | Tensor[]>;

/** The outputs of a model, at once and compiled; whole numbers and bools are captured, for shapes depend on them. */
function outputsOf(bytes: Uint8Array, test: NodeTest): readonly (readonly Tensor[])[] {
  const [first, second]: readonly [Several, Several] = [loadOnnx(bytes), loadOnnx(bytes)];
  const inputs = inputsOf(first, test);
  const entries = Object.entries(inputs);
  const whole = entries.filter(([, { dtype, size }]) => !isFloat(dtype) || size === 1);
  const floats = Object.fromEntries(entries.filter((entry) => !whole.includes(entry)));
  const run = compile((given: Inputs) => second.forward({ ...given, ...Object.fromEntries(whole) }));
  return [() => first.forward(inputs), () => run(floats)].map((call) => {
    manualSeed(1);
    return [call()].flat();
  });
}

function inputsOf(model: Several, test: NodeTest): Inputs {
  const entries = test.model.graph.inputs.flatMap(({ name }, i): [string, Tensor][] => {
    const value = test.inputs[i];
    return value !== undefined && model.inputs.some((input) => input.name === name) ? [[name, value]] : [];
  });
  return Object.fromEntries(entries);
}

/** What a model gives otherwise when it is compiled. */
function differencesOf(bytes: Uint8Array, test: NodeTest): readonly string[] {
  const check = new Comparison({ rtol: 1e-5, atol: 1e-6 });
  try {
    const [eager, compiled] = outputsOf(bytes, test) as [readonly Tensor[], readonly Tensor[]];
    eager.forEach((want, i) => check.tensor(test.name, compiled[i], toGolden(want)));
  } catch (error) {
    check.fail(`${test.name}: ${String(error)}`);
  }
  return check.failures;
}

it("loads as modules, which give the same at once and compiled", () => {
  const root = locateOnnxTests();
  const failures: string[] = [];
  let tried = 0;
  for (const { folder, name } of placesOf(root).filter((_, i) => i % stride === 0)) {
    if (reasonOutOfScope(readNodeModel(folder, name)) !== undefined || notCompiled.test(name)) continue;
    const test = readNodeTest(folder, name);
    if (runNodeTest(test).failures.length > 0) continue;
    tried++;
    failures.push(...differencesOf(readFileSync(join(folder, `test_${name}`, "model.onnx")), test));
  }
  expect(failures).toEqual([]);
  expect(tried).toBeGreaterThan(200);
});
