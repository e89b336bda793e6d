import type { Composites } from "@tapegrad/tensor/internal";
import type { Attributes, GraphWriter } from "../graph/graph-writer.ts";
import type { Operand } from "../primitives/row.ts";
import type { CallRows } from "./row.ts";

type Cell = Composites["recurrent"]["cell"];

/** How a cell is called, in which order its gates stand there, and how many states it has. */
interface OnnxCell {
  readonly op: "LSTM" | "GRU" | "RNN";
  /** Ours, in the order of theirs: i, o, f, c of i, f, g, o; z, r, h of r, z, n. */
  readonly gates: readonly number[];
  readonly states: number;
  /** @param directions for each of which activations are told */
  readonly attrs: (directions: number) => Attributes;
}

const activationNames: { readonly [word: string]: string | undefined } = { tanh: "Tanh", relu: "Relu" };

function cellOf(cell: Cell): OnnxCell | undefined {
  if (cell.kind === "lstm") return { op: "LSTM", gates: [0, 3, 1, 2], states: 2, attrs: () => ({}) };
  if (cell.kind === "gru") {
    const attrs = { linear_before_reset: cell.resetAfter ? 1 : 0 };
    return { op: "GRU", gates: [1, 0, 2], states: 1, attrs: () => attrs };
  }
  const word = typeof cell.activation === "string" ? cell.activation.toLowerCase() : "";
  const name = Object.hasOwn(activationNames, word) ? activationNames[word] : undefined;
  if (name === undefined) return undefined;
  return {
    op: "RNN",
    gates: [0],
    states: 1,
    attrs: (directions) => ({ activations: Array.from({ length: directions }, () => name) }),
  };
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

/** Recurrent layers: an operator for each, both directions together. */
export const recurrent: CallRows<"recurrent"> = {
  recurrent: (writer, [x, ...rest], { cell, layers, directions, hidden, batchFirst }) => {
    const known = cellOf(cell);
    if (known === undefined) return undefined;
    const { op, gates, states, attrs } = known;
    const before = rest.slice(0, states);
    const weights = Array.from({ length: layers * directions }, (_, i) => {
      return rest.slice(states + 4 * i, states + 4 * i + 4) as unknown as Weights;
    });
    const direction = directions === 2 ? "bidirectional" : "forward";
    const settings = { hidden_size: hidden, direction, ...attrs(directions) };
    const after: string[][] = [];
    let sequence = x.name;
    for (let layer = 0; layer < layers; layer++) {
      const own = [layer * directions, (layer + 1) * directions] as const;
      const initial = before.map((state) => {
        if (state === undefined || layers === 1) return state?.name;
        return writer.node("Slice", [state.name, ...own.map((at) => writer.wholes([at])), writer.wholes([0])]);
      });
      const inputs = [sequence, ...weightInputs(writer, weights.slice(...own), gates, hidden), undefined, ...initial];
      const [y, ...last] = writer.nodes(op, inputs, 1 + states, settings);
      sequence = joined(writer, y!, directions);
      after.push(last);
    }
    const output = batchFirst ? writer.node("Transpose", [sequence], { perm: [1, 0, 2] }) : sequence;
    const final = before.map((_, i) => {
      const each = after.map((last) => last[i]!);
      return each.length === 1 ? each[0]! : writer.node("Concat", each, { axis: 0 });
    });
    return [output, ...final];
  },
};
