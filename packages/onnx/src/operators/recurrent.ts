import { functional as F } from "@tapegrad/nn";
import { cat, chunk, split, stack, type Tensor, where, zeros } from "@tapegrad/tensor";
import type { NodeCall, Operators } from "./node-call.ts";

type States = readonly Tensor[];
type Cell = (x: Tensor, states: States, weights: F.CellWeights) => States;

/** Runs a cell over time, forward; a sequence that has ended keeps its states and gives zeros. */
function recur(call: NodeCall, cell: Cell, gates: readonly number[], stateCount: number): readonly Tensor[] {
  call.word("direction", ["forward"], "forward");
  if (call.has("clip")) call.fail("attribute.clip", "expected none, got one");
  const batchFirst = call.int("layout", 0) === 1;
  const toTimeFirst = (t: Tensor): Tensor => (batchFirst ? t.transpose(0, 1) : t);
  const x = toTimeFirst(call.input(0)); // [T, N, in]
  const hidden = call.int("hidden_size");
  const [steps = 0, batch = 0] = x.shape;
  if (call.input(2).shape[2] !== hidden) {
    call.fail("attribute.hidden_size", `expected ${call.input(2).shape[2]}, got ${hidden}`);
  }
  const weights = weightsOf(call, gates, hidden);
  const first = (i: number): Tensor => {
    const given = call.inputs[i];
    return given === undefined ? zeros([batch, hidden], { dtype: x.dtype }) : toTimeFirst(given).squeeze(0);
  };
  let states: States = Array.from({ length: stateCount }, (_, i) => first(5 + i));
  const lengths = call.inputs[4]?.unsqueeze(-1); // [N, 1]
  const outputs: Tensor[] = [];
  for (let t = 0; t < steps; t++) {
    const next = cell(x.slice(t), states, weights);
    const runs = lengths?.gt(t);
    const [h] = next as [Tensor];
    outputs.push(runs === undefined ? h : where(runs, h, 0));
    states = runs === undefined ? next : next.map((state, i) => where(runs, state, states[i]!));
  }
  // [T, 1, N, hidden] and [1, N, hidden], or [N, T, 1, hidden] and [N, 1, hidden].
  const y = stack(outputs).unsqueeze(1);
  const last = states.map((state) => toTimeFirst(state.unsqueeze(0)));
  return [batchFirst ? y.permute([2, 0, 1, 3]) : y, ...last];
}

/** W, R and B of the one direction, their gates in our order. */
function weightsOf(call: NodeCall, gates: readonly number[], hidden: number): F.CellWeights {
  const ordered = (rows: Tensor): Tensor => {
    const parts = split(rows, hidden, 0);
    return cat(gates.map((gate) => parts[gate] ?? call.fail("input[1]", `expected ${gates.length} gates`)));
  };
  const biases = call.inputs[3]?.squeeze(0);
  if (biases !== undefined && biases.size !== 2 * hidden * gates.length) {
    call.fail("input[3]", `expected ${2 * hidden * gates.length} biases, got ${biases.size}`);
  }
  const weights = { weightIh: ordered(call.input(1).squeeze(0)), weightHh: ordered(call.input(2).squeeze(0)) };
  if (biases === undefined) return weights;
  const [own, recurrent] = split(biases, hidden * gates.length, 0) as [Tensor, Tensor];
  return { ...weights, biasIh: ordered(own), biasHh: ordered(recurrent) };
}

/** Peephole weights of the gates, which stand as i, o, f there, and as i, f, o here. */
function peepholesOf(call: NodeCall): Tensor | undefined {
  const [input, output, forget] = call.inputs[7] === undefined ? [] : chunk(call.input(7).squeeze(0), 3);
  return input && output && forget && cat([input, forget, output]);
}

/** Throws unless the activations are the standard ones. */
function standardActivations(call: NodeCall, names: readonly string[]): void {
  const given = call.strings("activations") ?? names;
  if (given.join() !== names.join())
    call.fail("attribute.activations", `expected ${names.join()}, got ${given.join()}`);
}

/** Recurrent networks. */
export const recurrent: Operators = {
  RNN: (call) => {
    const [name = "Tanh"] = call.strings("activations") ?? [];
    if (name !== "Tanh" && name !== "Relu") call.fail("attribute.activations", `expected Tanh or Relu, got ${name}`);
    const activation = name === "Tanh" ? "tanh" : "relu";
    return recur(call, (x, [h], weights) => [F.rnnCell(x, h as Tensor, weights, { activation })], [0], 1);
  },
  // Gates stand as z, r, h there, and as r, z, n here.
  GRU: (call) => {
    standardActivations(call, ["Sigmoid", "Tanh"]);
    const resetAfter = call.flag("linear_before_reset", false);
    return recur(call, (x, [h], weights) => [F.gruCell(x, h as Tensor, weights, { resetAfter })], [1, 0, 2], 1);
  },
  // Gates stand as i, o, f, c there, and as i, f, g, o here.
  LSTM: (call) => {
    standardActivations(call, ["Sigmoid", "Tanh", "Tanh"]);
    const peepholes = peepholesOf(call);
    const cell: Cell = (x, [h, c], weights) => F.lstmCell(x, [h as Tensor, c as Tensor], weights, { peepholes });
    return recur(call, cell, [0, 2, 3, 1], 2);
  },
};
