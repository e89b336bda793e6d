import {
  BatchNorm,
  Conv1d,
  Dense,
  GRU,
  Lambda,
  LayerNorm,
  LSTM,
  type Module,
  ModuleList,
  MultiHeadAttention,
  PReLU,
  Residual,
  RMSNorm,
  Sequential,
} from "@tapegrad/nn";
import { Generator, type Tensor, tensor } from "@tapegrad/tensor";
import { dtypes } from "@tapegrad/tensor/internal";
import { array, constantFrom, record } from "fast-check";
import { seeds, source } from "./arbitraries.ts";
import { type CrossCheck, crossCheck } from "./cross-check.ts";
import { asExpected } from "./naive.ts";

/** Modules from [5, 4] to [5, 4], some inside others. */
const parts: Readonly<Record<string, (generator: Generator) => Module>> = {
  dense: (generator) => new Dense(4, 4, { generator }),
  "dense without bias": (generator) => new Dense(4, 4, { bias: false, generator }),
  batchNorm: () => new BatchNorm(4),
  layerNorm: () => new LayerNorm(4),
  rmsNorm: () => new RMSNorm(4),
  prelu: () => new PReLU(),
  attention: (generator) => new MultiHeadAttention(4, 2, { generator }),
  convolution: (generator) => new Conv1d(5, 5, 3, { padding: 1, generator }),
  residual: (generator) => new Residual(new Sequential(new Dense(4, 4, { generator }), new BatchNorm(4))),
  recurrence: (generator) => inside(new LSTM(4, 4, { numLayers: 2, generator }), (lstm, x) => lstm.forward(x)[0]),
  list: (generator) =>
    inside(new ModuleList([new GRU(4, 4, { generator }), new GRU(4, 4, { generator })]), (list, x) =>
      [...list].reduce((y, gru) => gru.forward(y)[0], x),
    ),
};

/** A module inside a function of tensors. */
function inside<M extends object>(module: M, call: (module: M, x: Tensor) => Tensor): Module {
  return Object.assign(new Lambda((x) => call(module, x)), { module });
}

const inputs = record({
  names: array(constantFrom(...Object.keys(parts)), { minLength: 1, maxLength: 5 }),
  seed: seeds,
});

function build(names: readonly string[], seed: number): Module {
  const generator = new Generator(seed);
  return new Sequential(...names.flatMap((name) => parts[name]?.(generator) ?? [])).to("float64");
}

/** A model trained for a step, saved as text and loaded into a fresh one. */
export const stateDicts: readonly CrossCheck[] = [
  crossCheck(
    "state dictionaries through text and back",
    inputs,
    ({ names, seed }, check) => {
      const x = source(seed)(5, 4);
      const model = build(names, seed);
      model.forward(x); // moves the running statistics
      const text = JSON.stringify(
        Object.entries(model.stateDict()).map(([key, t]) => [key, t.shape, t.dtype, Array.from(t.data)]),
      );
      const read = JSON.parse(text) as [string, number[], Tensor["dtype"], number[]][];
      const dict = Object.fromEntries(
        read.map(([key, shape, dtype, data]) => {
          return [key, tensor(new dtypes[dtype].array(data), { shape, dtype })];
        }),
      );
      const fresh = build(names, seed + 1);
      const report = fresh.loadStateDict(dict);
      check.same("keys left over", report.missing.length + report.unexpected.length, 0);
      for (const [key, value] of Object.entries(fresh.stateDict())) {
        check.tensor(key, value, asExpected(model.stateDict()[key]!));
      }
      check.same("keys", Object.keys(fresh.stateDict()).join(), Object.keys(model.stateDict()).join());
      const [want, got] = [model, fresh].map((net) => net.eval().forward(x)) as [Tensor, Tensor];
      check.same("outputs", got.data.join(), want.data.join());
    },
    { tol: { rtol: 0, atol: 0 }, runs: 30 },
  ),
];
