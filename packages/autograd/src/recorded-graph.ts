import { GradError } from "@tapegrad/tensor";
import type { Tensor } from "@tapegrad/tensor";
import { formatShape } from "@tapegrad/tensor/internal";
import { ancestors } from "./backpropagate.ts";
import { hasElements } from "./run-hooks.ts";

/** A box of a drawing: an operation or a tensor that no operation made. */
export interface GraphVertex {
  readonly id: number;
  readonly kind: "operation" | "leaf" | "constant";
  /** Name of the operation, or what the tensor is. */
  readonly label: string;
  /** Shapes of its results, such as `[32, 10] float32`. */
  readonly value: string;
  /** Statistics of the gradient, if there is one. */
  readonly gradient: string | undefined;
  /** Vertices whose results go in. */
  readonly from: readonly number[];
}

/**
 * The graph behind `output`, inputs before what uses them.
 *
 * @throws {GradError} if there is no graph or it was freed
 */
export function recordedGraph(fn: string, output: Tensor): GraphVertex[] {
  if (output.node === undefined) {
    throw new GradError(`${fn}: expected the result of a recorded operation, got a tensor without a graph.`);
  }
  const nodes = ancestors([output]).reverse();
  if (nodes.some(({ freed }) => freed)) {
    throw new GradError(
      `${fn}: expected a recorded graph, got one freed by backward. Draw it before, or pass { retainGraph: true } to backward.`,
    );
  }
  const vertices: GraphVertex[] = [];
  const ids = new Map<object, number>();
  const add = (key: object, vertex: Omit<GraphVertex, "id">): void => {
    ids.set(key, vertices.length);
    vertices.push({ id: vertices.length, ...vertex });
  };
  for (const node of nodes) {
    for (const input of node.inputs) {
      if (ids.has(input.node ?? input)) continue;
      const kind = input.requiresGrad ? "leaf" : "constant";
      add(input, { kind, label: kind, value: describe(input), gradient: describeGradient(input), from: [] });
    }
    add(node, {
      kind: "operation",
      label: node.name,
      value: node.outputs.map(describe).join(", "),
      gradient: undefined,
      from: [...new Set(node.inputs.map((input) => ids.get(input.node ?? input)!))],
    });
  }
  return vertices;
}

function describe(tensor: Tensor): string {
  const head = `${formatShape(tensor.shape)} ${tensor.dtype}`;
  return tensor.size === 1 && hasElements(tensor) ? `${head} ${rounded(tensor.data[0]!)}` : head;
}

function describeGradient({ grad }: Tensor): string | undefined {
  if (grad === undefined) return undefined;
  if (grad.size === 1) return rounded(grad.data[0]!);
  let squares = 0;
  for (const x of grad.data) squares += x * x;
  return `norm ${rounded(Math.sqrt(squares))}`;
}

function rounded(x: number): string {
  return String(Number(x.toPrecision(4)));
}
