import { functional as F } from "@tapegrad/nn";
import { cat, chunk, split, stack, type Tensor, where, zeros } from "@tapegrad/tensor";
import type { NodeCall, Operators } from "./node-call.ts";

type States = readonly Tensor[];
type Cell = (x: Tensor, states: States, weights: F.CellWeights) => States;

/** What an operator makes of its node: the cell of a direction, and how its states and gates stand in the file. */
interface Recurrence {
  readonly cell: (direction: number, activations: readonly F.ActivationWord[]) => Cell;
  /** The activations of one direction, unless the node says others: of gates first, then of values. */
  readonly activations: readonly string[];
  readonly stateCount: number;
  /** Where each of our gates stands among theirs. */
  readonly gates: readonly number[];
}

/** Which directions there are: whether each goes back in time. */
const directions = { forward: [false], reverse: [true], bidirectional: [false, true] } as const;

/** Runs a cell over time in each direction. */
function recur(call: NodeCall, { cell, stateCount, gates, activations }: Recurrence): readonly Tensor[] {
  const backward = directions[call.word("direction", ["forward", "reverse", "bidirectional"], "forward")];
  if (call.has("clip")) call.fail("attribute.clip", "expected none, got one");
  const bends = activationsOf(call, backward.length, activations);
  const batchFirst = call.int("layout", 0) === 1;
  const toTimeFirst = (t: Tensor): Tensor => (batchFirst ? t.transpose(0, 1) : t);
  const x = toTimeFirst(call.input(0)); // [T, N, in]
  const hidden = call.input(2).shape[2] ?? 0;
  if (call.int("hidden_size", hidden) !== hidden) {
    call.fail("attribute.hidden_size", `expected ${hidden}, got ${call.int("hidden_size")}`);
  }
  const [, batch = 0] = x.shape;
  const none = zeros([backward.length, batch, hidden], { dtype: x.dtype });
  const initial = Array.from({ length: stateCount }, (_, i) => {
    const given = call.inputs[5 + i];
    return given === undefined ? none : toTimeFirst(given); // [directions, N, hidden]
  });
  const runs = backward.map((isBackward, d) => {
    const [weights, step] = [weightsOf(call, d, gates, hidden), cell(d, bends[d]!)];
    const states = initial.map((state) => state.slice(d));
    return along(x, isBackward, states, call.inputs[4], (at, before) => step(at, before, weights));
  });
  // [T, directions, N, hidden] and [directions, N, hidden], or [N, T, directions, hidden] and [N, directions, hidden].
  const y = stack(runs.map(({ outputs }) => outputs), 1); // prettier-ignore
  const last = initial.map((_, i) => toTimeFirst(stack(runs.map(({ states }) => states[i]!))));
  return [batchFirst ? y.permute([2, 0, 1, 3]) : y, ...last];
}

/** Steps along the first axis, forward or back; outside of its length a sequence keeps its states and gives zeros. */
function along(
  x: Tensor,
  isBackward: boolean,
  initial: States,
  lengths: Tensor | undefined,
  step: (x: Tensor, states: States) => States,
): { readonly outputs: Tensor; readonly states: States } {
  const [steps = 0] = x.shape;
  const ends = lengths?.unsqueeze(-1); // [N, 1]
  const outputs: Tensor[] = [];
  let states = initial;
  for (let i = 0; i < steps; i++) {
    const t = isBackward ? steps - 1 - i : i;
    const next = step(x.slice(t), states);
    const runs = ends?.gt(t);
    const [h] = next as [Tensor];
    outputs[t] = runs === undefined ? h : where(runs, h, 0);
    states = runs === undefined ? next : next.map((state, s) => where(runs, state, states[s]!));
  }
  return { outputs: stack(outputs), states };
}

/** W, R and B of a direction, their gates in our order. */
function weightsOf(call: NodeCall, direction: number, gates: readonly number[], hidden: number): F.CellWeights {
  const ordered = (rows: Tensor): Tensor => {
    const parts = split(rows, hidden, 0);
    return cat(gates.map((gate) => parts[gate] ?? call.fail("input[1]", `expected ${gates.length} gates`)));
  };
  const [weight, recurrence] = [call.input(1).slice(direction), call.input(2).slice(direction)];
  const weights = { weightIh: ordered(weight), weightHh: ordered(recurrence) };
  const biases = call.inputs[3]?.slice(direction);
  if (biases === undefined) return weights;
  if (biases.size !== 2 * hidden * gates.length) {
    call.fail("input[3]", `expected ${2 * hidden * gates.length} biases, got ${biases.size}`);
  }
  const [own, recurrent] = split(biases, hidden * gates.length, 0) as [Tensor, Tensor];
  return { ...weights, biasIh: ordered(own), biasHh: ordered(recurrent) };
}

/** Peephole weights of the gates, which stand as i, o, f there, and as i, f, o here. */
function peepholesOf(call: NodeCall, direction: number): Tensor | undefined {
  const [input, output, forget] = call.inputs[7] === undefined ? [] : chunk(call.input(7).slice(direction), 3);
  return input && output && forget && cat([input, forget, output]);
}

/** Activations of recurrent operators by our words. */
const activationWords: ReadonlyMap<string, F.ActivationWord> = new Map([
  ["Tanh", "tanh"],
  ["Sigmoid", "sigmoid"],
  ["Relu", "relu"],
  ["Softsign", "softsign"],
]);

/** The activations of each direction. */
function activationsOf(call: NodeCall, count: number, usual: readonly string[]): F.ActivationWord[][] {
  const all = Array.from({ length: count }, () => usual).flat();
  const given = call.strings("activations") ?? all;
  const known = [...activationWords.keys()].join(", ");
  if (given.length !== all.length) {
    call.fail("attribute.activations", `expected ${all.length} activations, got ${given.length}`);
  }
  const words = given.map(
    (name) => activationWords.get(name) ?? call.fail("attribute.activations", `expected ${known}, got ${name}`),
  );
  return Array.from({ length: count }, (_, i) => words.slice(i * usual.length, (i + 1) * usual.length));
}

/** Recurrent networks. */
export const recurrent: Operators = {
  RNN: (call) => {
    const cell: Recurrence["cell"] = (_, [activation]) => {
      return (x, [h], weights) => [F.rnnCell(x, h!, weights, { activation: activation! })];
    };
    return recur(call, { cell, stateCount: 1, gates: [0], activations: ["Tanh"] });
  },
  // Gates stand as z, r, h there, and as r, z, n here.
  GRU: (call) => {
    const resetAfter = call.flag("linear_before_reset", false);
    const cell: Recurrence["cell"] = (_, [recurrentActivation, activation]) => {
      return (x, [h], weights) => [
        F.gruCell(x, h!, weights, { resetAfter, recurrentActivation: recurrentActivation!, activation: activation! }),
      ];
    };
    return recur(call, { cell, stateCount: 1, gates: [1, 0, 2], activations: ["Sigmoid", "Tanh"] });
  },
  // Gates stand as i, o, f, c there, and as i, f, g, o here.
  LSTM: (call) => {
    if (call.flag("input_forget", false)) call.fail("attribute.input_forget", "expected 0, got 1");
    const cell: Recurrence["cell"] = (direction, [recurrentActivation, activation, ofMemory]) => {
      if (activation !== ofMemory) {
        call.fail(
          "attribute.activations",
          `expected one for candidates and memories, got ${activation} and ${ofMemory}`,
        );
      }
      const words = { recurrentActivation: recurrentActivation!, activation: activation! };
      const options = { peepholes: peepholesOf(call, direction), ...words };
      return (x, [h, c], weights) => F.lstmCell(x, [h!, c!], weights, options);
    };
    return recur(call, { cell, stateCount: 2, gates: [0, 2, 3, 1], activations: ["Sigmoid", "Tanh", "Tanh"] });
  },
};
