import { type Model, readModel, readTensor, runModel } from "@tapegrad/onnx/internal";
import { manualSeed, TapegradError, type Tensor } from "@tapegrad/tensor";
import { fromData } from "@tapegrad/tensor/internal";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { listTests, locateOnnxTests } from "../src/onnx/locate.ts";
import { readNodeModel, readNodeTest } from "../src/onnx/node-test.ts";
import { reasonOutOfScope } from "../src/onnx/scope.ts";

const folder = join(locateOnnxTests(), "node");
const bytesOf = (name: string, ...file: string[]): Uint8Array => readFileSync(join(folder, `test_${name}`, ...file));

/** Numbers that look random, the same in every run. */
function* numbers(seed: number): Generator<number, never> {
  for (let state = seed; ;) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state / 2 ** 32;
  }
}

/** What came of reading: an error of ours, or nothing to say against it; any other error is thrown on. */
function refused(read: () => unknown): TapegradError | undefined {
  try {
    read();
  } catch (error) {
    // What one of our functions said, not a slip within it.
    if (!(error instanceof TapegradError) || error.cause !== undefined) throw error;
    expect(error.message).toMatch(/a\.onnx|graph\.node/);
    return error;
  }
  return undefined;
}

const run = (model: Model, inputs: readonly (Tensor | undefined)[]): Tensor[] =>
  runModel(model, inputs, { largest: 2 ** 20 });

const extremes = [0, 1, -1, 2, 3, -2, 100, 65_536, 2 ** 24, 2 ** 31 - 1, -(2 ** 31), 2 ** 53, -(2 ** 63), Number.NaN];

/** Changes about a third of the numbers in the attributes of a model. */
function twistAttributes({ graph }: Model, random: Generator<number, never>): void {
  const twist = (value: number): number => {
    if (random.next().value < 0.7) return value;
    return extremes[Math.floor(random.next().value * extremes.length)]!;
  };
  for (const attribute of graph.nodes.flatMap(({ attributes }) => attributes)) {
    attribute.i = twist(attribute.i);
    attribute.f = twist(attribute.f);
    attribute.ints = attribute.ints.map(twist);
    attribute.ints.length = Math.max(attribute.ints.length - Math.floor(random.next().value * 1.2), 0);
  }
}

/** Changes about a third of the inputs: whole numbers become extreme, or the axes, the dtype or all of it are lost. */
function twistInput(x: Tensor | undefined, random: Generator<number, never>): Tensor | undefined {
  const choice = Math.floor(random.next().value * 12);
  if (x === undefined || choice === 0) return undefined;
  if (choice === 1) return x.flatten();
  if (choice === 2) return x.to("bool");
  if (choice > 4 || x.dtype !== "int32") return x;
  return fromData(
    x.data.map((value) => (random.next().value < 0.5 ? value : extremes[Math.floor(random.next().value * 11)]!)),
    x.shape,
    x.dtype,
  );
}

/** The bytes with one to three of them changed. */
function flipped(bytes: Uint8Array, random: Generator<number, never>): Uint8Array {
  const copy = bytes.slice();
  const count = 1 + Math.floor(random.next().value * 3);
  for (let i = 0; i < count; i++) {
    const at = Math.floor(random.next().value * copy.length);
    copy[at] = Math.floor(random.next().value * 256);
  }
  return copy;
}

const models = [
  ...[
    "add",
    "layer_normalization_default_axis_expanded",
    "conv_with_strides_padding",
    "convtranspose_pads",
    "lstm_defaults",
  ],
  ...[
    "maxpool_2d_dilations",
    "averagepool_2d_same_upper",
    "einsum_batch_matmul",
    "adagrad",
    "gather_1",
    "slice",
    "tile",
  ],
  ...[
    "constantofshape_float_ones",
    "range_float_type_positive_delta_expanded",
    "sce_mean_weight_ii_expanded",
    "constant_pad",
  ],
  ...[
    "onehot_with_axis",
    "eyelike_with_dtype",
    "hannwindow_expanded",
    "depthtospace_example",
    "dropout_default",
    "split_equal_parts_1d",
  ],
];

describe("a truncated file", () => {
  it.each(["add", "softmax_axis_0_expanded", "range_int32_type_negative_delta_expanded"])(
    "is refused as model %s",
    (name) => {
      const bytes = bytesOf(name, "model.onnx");
      for (let size = 0; size < bytes.length; size++) {
        const error = refused(() => readModel("a.onnx", bytes.subarray(0, size)));
        expect(error, `${size} of ${bytes.length} bytes`).toBeDefined();
      }
    },
  );

  it("is refused as tensor", () => {
    const bytes = bytesOf("gather_1", "test_data_set_0", "input_1.pb");
    for (let size = 0; size < bytes.length; size++) {
      const error = refused(() => readTensor("a.onnx", bytes.subarray(0, size)));
      expect(error, `${size} of ${bytes.length} bytes`).toBeDefined();
    }
  });
});

describe("a file with changed bytes", () => {
  it.each(models)("gives a typed error or a result as model %s", (name) => {
    const bytes = bytesOf(name, "model.onnx");
    const { inputs } = readNodeTest(folder, name);
    const random = numbers(name.length);
    manualSeed(0);
    let errors = 0;
    for (let i = 0; i < 500; i++) {
      const error = refused((): Tensor[] => run(readModel("a.onnx", flipped(bytes, random)), inputs));
      if (error !== undefined) errors++;
    }
    expect(errors).toBeGreaterThan(20);
  });

  it("gives a typed error or a result whatever attributes and inputs say", () => {
    const random = numbers(11);
    let errors = 0;
    for (const name of listTests(folder)) {
      if (reasonOutOfScope(readNodeModel(folder, name)) !== undefined) continue;
      const { inputs } = readNodeTest(folder, name);
      for (let i = 0; i < 3; i++) {
        const model = readModel("a.onnx", bytesOf(name, "model.onnx"));
        twistAttributes(model, random);
        const error = refused(() =>
          run(
            model,
            inputs.map((x) => twistInput(x, random)),
          ),
        );
        if (error !== undefined) errors++;
      }
    }
    expect(errors).toBeGreaterThan(600);
  });

  it("gives a typed error or a tensor", () => {
    const bytes = bytesOf("gather_1", "test_data_set_0", "input_1.pb");
    const random = numbers(5);
    for (let i = 0; i < 20_000; i++) refused(() => readTensor("a.onnx", flipped(bytes, random)));
  });

  it("gives a typed error or a result whatever a single byte becomes", () => {
    const bytes = bytesOf("relu", "model.onnx");
    const { inputs } = readNodeTest(folder, "relu");
    bytes.forEach((_, at) => {
      for (let value = 0; value < 256; value++) {
        refused(() => run(readModel("a.onnx", bytes.with(at, value)), inputs));
      }
    });
  });
});
