import * as nn from "@tapegrad/nn";
import { Generator, randint, randn, type Tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { layerRows } from "../../src/export/trace/layer-rows.ts";
import { exportOnnx, loadOnnx } from "../../src/index.ts";
import { evaluated, expectSameOutputs } from "./expect-same-outputs.ts";
import { shuffle } from "./layer-calls.ts";

type Configured = nn.AnyModule & { readonly options: object };

/** A layer that is noted as one call, what it is given, and another value for each of its options: one left out does not compile. */
interface OptionRow {
  readonly type: abstract new (...args: never) => nn.AnyModule;
  readonly positional: readonly number[];
  readonly x: Tensor;
  readonly others: object;
}

function row<M extends Configured>(
  type: abstract new (...args: never) => M,
  positional: readonly number[],
  x: Tensor,
  others: { readonly [K in keyof M["options"]]: M["options"][K] },
): OptionRow {
  return { type, positional, x, others };
}

const [line, image, sequence] = [randn([2, 4, 9]), randn([2, 4, 3, 3]), randn([5, 2, 3])];
/** Of 4 channels, wherever these are. */
const cube = randn([4, 4, 4]);
const generator = new Generator(1);
const norm = { eps: 0.5, dtype: "float64", gammaRegularizer: "l2", betaRegularizer: "l1", gammaConstraint: "nonNeg", betaConstraint: "nonNeg" } as const; // prettier-ignore
const recurrent = {
  numLayers: 2,
  bidirectional: true,
  batchFirst: true,
  dropout: 0.5,
  bias: false,
  layerNorm: true,
  generator,
  dtype: "float64",
  activation: "relu",
  init: "orthogonal",
  recurrentInit: "orthogonal",
  biasInit: "ones",
  recurrentBiasInit: "ones",
  kernelRegularizer: "l2",
  biasRegularizer: "l2",
  recurrentRegularizer: "l1",
  kernelConstraint: "nonNeg",
  biasConstraint: "nonNeg",
  recurrentConstraint: "nonNeg",
  zeroOutputForMask: true,
} as const;

const rows: readonly OptionRow[] = [
  row(nn.CELU, [], line, { alpha: 0.3 }),
  row(nn.ELU, [], line, { alpha: 0.3 }),
  row(nn.HardSigmoid, [], line, { alpha: 0.4, beta: 0.3 }),
  row(nn.GELU, [], line, { approximate: "tanh" }),
  row(nn.HardSigmoid, [], line, { alpha: 0.3, beta: 0.4 }),
  row(nn.HardTanh, [], line, { min: -0.3, max: 0.4 }),
  row(nn.LeakyReLU, [], line, { negativeSlope: 0.4 }),
  row(nn.PReLU, [], line, { channels: 4, shape: [4, 1], init: 0.7, dtype: "float64" }),
  row(nn.Softplus, [], line, { beta: 3, threshold: 0.5 }),
  row(nn.GroupNorm, [2, 4], cube, { ...norm, affine: false, axis: -1, batched: false }),
  row(nn.InstanceNorm, [4], cube, {
    ...norm,
    affine: true,
    trackRunningStats: true,
    momentum: 0.5,
    axis: -1,
    batched: false,
  }),
  row(nn.LocalResponseNorm, [3], image, { alpha: 0.3, beta: 0.5, k: 2, average: false }),
  row(nn.Embedding, [7, 3], randint(0, 7, [4, 2]), {
    paddingIndex: 2,
    maxNorm: undefined,
    normType: 3,
    scaleGradByFreq: true,
    init: "ones",
    generator,
    dtype: "float64",
  }),
  row(nn.LSTM, [3, 4], sequence, {
    ...recurrent,
    recurrentActivation: "relu",
    projectionSize: 2,
    projectionInit: "ones",
  }),
  row(nn.GRU, [3, 4], sequence, { ...recurrent, recurrentActivation: "relu", resetAfter: false }),
  row(nn.RNN, [3, 4], sequence, recurrent),
];

const cases = rows.flatMap(({ others, ...rest }) =>
  Object.entries(others)
    .filter(([, value]) => value !== undefined)
    .map(([option, value]) => ({ ...rest, name: rest.type.name, option, value })),
);

const make = (type: OptionRow["type"], ...args: readonly unknown[]): Configured =>
  Reflect.construct(type, args) as never;

describe("options of layers that are noted as calls", () => {
  it.each(cases)("change what is exported as they change the layer: $name, $option", (each) => {
    const { type, positional, option, value } = each;
    const layer = make(type, ...positional, { [option]: value });
    expect(layer.options).not.toEqual(make(type, ...positional).options);
    if (option !== "init") shuffle(layer);
    const x = option === "dtype" && each.x.dtype === "float32" ? each.x.to("float64") : each.x;
    const imported = loadOnnx(exportOnnx(layer, [x], { opset: 23, dynamicBatch: false }));
    expectSameOutputs(evaluated(imported, [x]), evaluated(layer, [x]));
  });

  it("are those of all layers that have any", () => {
    const known = new Set<unknown>(rows.map(({ type }) => type));
    const others = [...layerRows.keys()].filter((type) => !known.has(type)) as { readonly prototype: object }[];
    expect(others.filter(({ prototype }) => "options" in prototype)).toEqual([]);
  });

  it("refuse what changes a table, and what is drawn", () => {
    const embedding = new nn.Embedding(7, 3, { maxNorm: 1 }).eval();
    expect(() => exportOnnx(embedding, [randint(0, 7, [4])])).toThrow("exportOnnx: expected a function that changes nothing, got one that changes weight.");
    const pool = new nn.FractionalMaxPool2d(2, { outputSize: 2 }).eval();
    expect(() => exportOnnx(pool, [image])).toThrow("exportOnnx: expected");
  }); // prettier-ignore

  it.each([
    new nn.ReflectionPad([[1, 2], [2, 0]]), new nn.ReflectionPad([[-1, 1], [2, 0]]), new nn.ReplicationPad(4), new nn.ReplicationPad([[0, 3]]),
    new nn.PixelShuffle(2),
  ])("of padding and squares are those of operators: %#", (layer) => {
    const imported = loadOnnx(exportOnnx(layer, [image], { dynamicBatch: false }));
    expectSameOutputs(evaluated(imported, [image]), evaluated(layer, [image]));
  }); // prettier-ignore
});
