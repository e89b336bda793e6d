import { functional as f } from "@tapegrad/nn";
import { cat, Generator, ones, randint, type Tensor } from "@tapegrad/tensor";
import { constantFrom, record } from "fast-check";
import { seeds, source } from "./arbitraries.ts";
import { type CrossCheck, crossCheck } from "./cross-check.ts";
import { asExpected } from "./naive.ts";

const index = (seed: number): Tensor => randint(0, 5, [6], { generator: new Generator(seed) });
/** Input, state and weights `[k·5, 5]` of a recurrent cell with k gates. */
const cell = (x: Tensor, gates: number): { input: Tensor; state: Tensor; weights: f.CellWeights } => {
  const [input, state] = [x.slice([], [0, 5]), x.slice([], [3, 8])];
  const stack = (t: Tensor): Tensor => cat(Array.from({ length: gates }, (_, i) => t.slice([0, 5]).mul(1 + i / 4)));
  return { input, state, weights: { weightIh: stack(input).mul(0.2), weightHh: stack(state).mul(0.2) } };
};

/** Functions of a tensor [6, 8], computed in the dtype of it. */
const functions: Readonly<Record<string, (x: Tensor, seed: number) => Tensor>> = {
  softmax: (x) => x.softmax(),
  logSoftmax: (x) => x.logSoftmax(),
  logSumExp: (x) => x.logSumExp({ axis: 1 }),
  variance: (x) => x.variance({ axis: 0 }),
  matmul: (x) => x.matmul(x.transpose()),
  gelu: (x) => f.gelu(x),
  mish: (x) => f.mish(x),
  softplus: (x) => f.softplus(x),
  silu: (x) => f.silu(x),
  tanh: (x) => x.tanh(),
  erf: (x) => x.erf(),
  batchNorm: (x) => f.batchNorm(x),
  layerNorm: (x) => f.layerNorm(x, 8),
  rmsNorm: (x) => f.rmsNorm(x, 8, { eps: 1e-5 }), // that of the dtype would be another function of float64
  groupNorm: (x) => f.groupNorm(x, 2),
  crossEntropy: (x, seed) => f.crossEntropy(x, index(seed)),
  binaryCrossEntropyWithLogits: (x) => f.binaryCrossEntropyWithLogits(x, ones([6, 8]).to(x.dtype).mul(0.25)),
  huberLoss: (x) => f.huberLoss(x, x.neg()),
  attention: (x) => f.scaledDotProductAttention(x, x, x, { causal: true, scale: 0.1 }),
  gruCell: (x) => {
    const { input, state, weights } = cell(x, 3);
    return f.gruCell(input, state, weights);
  },
  lstmCell: (x) => {
    const { input, state, weights } = cell(x, 4);
    return f.lstmCell(input, [state, input], weights)[0];
  },
};

const inputs = record({ scale: constantFrom(0.1, 1, 5), offset: constantFrom(0, 1), seed: seeds });

/** The same functions in float32 and in float64, of the same numbers, with their gradients. */
export const precision: readonly CrossCheck[] = Object.entries(functions).map(([name, call]) =>
  crossCheck(
    `float32 ${name} against float64`,
    inputs,
    ({ scale, offset, seed }, check) => {
      const draw = source(seed);
      const single = draw(6, 8).mul(scale).add(offset).to("float32");
      const results = [single, single.to("float64")].map((leaf) => {
        const x = leaf.detach().requiresGrad_();
        const y = call(x, seed);
        y.backward(
          source(seed + 1)(...y.shape)
            .to("float32")
            .to(y.dtype),
        );
        return [y, x.grad] as const;
      });
      const [[got, gotGrad], [want, wantGrad]] = results as [(typeof results)[number], (typeof results)[number]];
      check.same("dtype", got.dtype, "float32");
      check.tensor(name, got.to("float64"), asExpected(want));
      check.tensor(`gradient of ${name}`, gotGrad?.to("float64"), asExpected(wantGrad as Tensor));
    },
    { tol: { rtol: 1e-5, atol: 5e-5 }, runs: 15 },
  ),
);
