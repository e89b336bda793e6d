import type { GraphWriter } from "../graph/graph-writer.ts";
import type { Operand } from "../primitives/row.ts";
import type { RecurrentAttrs } from "../trace/calls.ts";
import { type CallRows, ofFloats } from "./row.ts";

/** How a cell is called, and what it has. */
interface OnnxCell {
  readonly op: "LSTM" | "GRU" | "RNN";
  /** Our gates in the order of theirs: i, o, f, c of i, f, g, o; z, r, h of r, z, n. */
  readonly gates: readonly number[];
  readonly states: number;
  /** What bends: of gates first, then of values. */
  readonly bends: (attrs: RecurrentAttrs) => readonly unknown[];
}

const cells: { readonly [K in RecurrentAttrs["kind"]]: OnnxCell } = {
  lstm: { op: "LSTM", gates: [0, 3, 1, 2], states: 2, bends: ({ activation, recurrentActivation }) => [recurrentActivation, activation, activation] },
  gru: { op: "GRU", gates: [1, 0, 2], states: 1, bends: ({ activation, recurrentActivation }) => [recurrentActivation, activation] },
  rnn: { op: "RNN", gates: [0], states: 1, bends: ({ activation }) => [activation] },
}; // prettier-ignore

/** What runtimes know in recurrent operators, by our words. */
const activationNames: ReadonlyMap<unknown, string> = new Map([
  ["tanh", "Tanh"],
  ["sigmoid", "Sigmoid"],
  ["relu", "Relu"],
]);

/** The names of what bends, for each direction; undefined where one has none. */
function activationsOf(bends: readonly unknown[], directions: number): readonly string[] | undefined {
  const names = bends.map((word) => activationNames.get(word));
  const known = names.filter((name) => name !== undefined);
  return known.length < names.length ? undefined : Array.from({ length: directions }, () => known).flat();
}

/** Weights or biases with their gates in another order. */
function ordered(writer: GraphWriter, { name }: Operand, gates: readonly number[], hidden: number): string {
  if (gates.length === 1) return name;
  const parts = writer.nodes("Split", [name, writer.wholes(gates.map(() => hidden))], gates.length, { axis: 0 });
  return writer.node(
    "Concat",
    gates.map((gate) => parts[gate]!),
    { axis: 0 },
  );
}

/** One for each direction, on an axis of their own. */
function stacked(writer: GraphWriter, parts: readonly string[]): string {
  const apart = parts.map((part) => writer.node("Unsqueeze", [part, writer.wholes([0])]));
  return apart.length === 1 ? apart[0]! : writer.node("Concat", apart, { axis: 0 });
}

/** Weights of the input, of the state, and biases. */
type Weights = readonly [ih: Operand, hh: Operand, biasIh: Operand | undefined, biasHh: Operand | undefined];

function weightInputs(
  writer: GraphWriter,
  weights: readonly Weights[],
  gates: readonly number[],
  hidden: number,
): (string | undefined)[] {
  const inOrder = (part: Operand): string => ordered(writer, part, gates, hidden);
  const biases = weights.map(([, , ih, hh]) => {
    return ih && hh && writer.node("Concat", [inOrder(ih), inOrder(hh)], { axis: 0 });
  });
  const known = biases.filter((bias) => bias !== undefined);
  return [
    stacked(writer, weights.map(([ih]) => inOrder(ih))), // prettier-ignore
    stacked(writer, weights.map(([, hh]) => inOrder(hh))), // prettier-ignore
    known.length === 0 ? undefined : stacked(writer, known),
  ];
}

/** `[time, directions, batch, hidden]` with the features of both directions behind each other. */
function joined(writer: GraphWriter, y: string, directions: number): string {
  if (directions === 1) return writer.node("Squeeze", [y, writer.wholes([1])]);
  const beside = writer.node("Transpose", [y], { perm: [0, 2, 1, 3] });
  return writer.node("Reshape", [beside, writer.wholes([0, 0, -1])]);
}

/** Weights of all layers and directions, four each. */
function weightsIn(parts: readonly (Operand | undefined)[], count: number): Weights[] {
  return Array.from({ length: count }, (_, i) => parts.slice(4 * i, 4 * i + 4) as unknown as Weights);
}

/** Recurrent layers: an operator for each, both directions together. */
export const recurrent: CallRows<"recurrent"> = {
  recurrent: ofFloats((writer, [x, ...rest], attrs) => {
    const { kind, layers, directions, hidden, batchFirst } = attrs;
    const { op, gates, states, bends } = cells[kind];
    const activations = activationsOf(bends(attrs), directions);
    if (activations === undefined) return undefined;
    // One sequence is a batch of one.
    const isSingle = x.shape.length === 2;
    const swap = (y: string): string => (batchFirst ? writer.node("Transpose", [y], { perm: [1, 0, 2] }) : y);
    const batched = (y: string): string => (isSingle ? writer.node("Unsqueeze", [y, writer.wholes([1])]) : y);
    const single = (y: string): string => (isSingle ? writer.node("Squeeze", [y, writer.wholes([1])]) : y);
    const before = rest.slice(0, states).map((state) => state && batched(state.name));
    const weights = weightsIn(rest.slice(states), layers * directions);
    const direction = directions === 2 ? "bidirectional" : "forward";
    const reset = kind === "gru" ? { linear_before_reset: attrs.resetAfter === true ? 1 : 0 } : {};
    const settings = { hidden_size: hidden, direction, activations, ...reset };
    const after: string[][] = [];
    let sequence = isSingle ? batched(x.name) : swap(x.name);
    for (let layer = 0; layer < layers; layer++) {
      const own = [layer * directions, (layer + 1) * directions] as const;
      const initial = before.map((state) => {
        if (state === undefined || layers === 1) return state;
        return writer.node("Slice", [state, ...own.map((at) => writer.wholes([at])), writer.wholes([0])]);
      });
      const inputs = [sequence, ...weightInputs(writer, weights.slice(...own), gates, hidden), undefined, ...initial];
      const [y, ...last] = writer.nodes(op, inputs, 1 + states, settings);
      sequence = joined(writer, y!, directions);
      after.push(last);
    }
    const final = before.map((_, i) => {
      const each = after.map((last) => last[i]!);
      return single(each.length === 1 ? each[0]! : writer.node("Concat", each, { axis: 0 }));
    });
    return [isSingle ? single(sequence) : swap(sequence), ...final];
  }),
};
