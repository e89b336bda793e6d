import { sizeOf } from "@tapegrad/tensor/internal";
import type { GraphOps } from "./algebra.ts";
import { attrsOf, type Graph, type Operation, operationOf, type Value } from "./graph.ts";
import { rebuild } from "./rebuild.ts";
import { areNeighbours, asMatrix, type Rows, rowsOf, sliceRows } from "./rows.ts";

/** What an operation gives as rows of a product of a whole tensor. */
interface Part {
  readonly product: Operation;
  readonly rows: Rows;
  /** Added to each row. */
  readonly bias?: Value;
}

/**
 * Products of parts of a tensor with the same matrix, as of the steps of a sequence with a weight, as parts of one product:
 * it packs that matrix once, and leaves fewer kernels. A bias that is added to each of them is added to it.
 */
export function productsOfParts(graph: Graph): Graph {
  const parts = partsOf(graph);
  if (parts.size === 0) return graph;
  return rebuild(graph, (builder, operation, _, of) => {
    const part = parts.get(operation);
    if (part === undefined) return undefined;
    const whole = wholeOf(builder, part, of);
    return [sliceRows(builder, whole, part.rows.start, part.rows.count)];
  });
}

function wholeOf(builder: GraphOps, { product, rows, bias }: Part, of: (value: Value) => Value): Value {
  const [a, b] = product.inputs as readonly [Value, Value];
  const left = asMatrix(builder, of(rows.of), a.shape[1]!);
  const whole = builder.apply("matmul", [left, of(b)], attrsOf(product, "matmul"));
  return bias === undefined ? whole : builder.apply("add", [whole, of(bias)], {});
}

/** The products whose left operands are, together, all rows of a tensor, and what adds a bias to them. */
function partsOf(graph: Graph): ReadonlyMap<Operation, Part> {
  const groups = new Map<string, Part[]>();
  for (const product of graph.operations) {
    if (product.name !== "matmul") continue;
    const a = product.inputs[0]!;
    const b = product.inputs[1]!;
    const { transposeA, transposeB } = attrsOf(product, "matmul");
    if (transposeA || a.shape.length !== 2 || b.shape.length !== 2) continue;
    const rows = rowsOf(a);
    if (rows.of === a) continue;
    const key = `${rows.of.id} ${b.id} ${transposeB} ${a.shape[1]}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [{ product, rows }]);
    else group.push({ product, rows });
  }
  const parts = new Map<Operation, Part>();
  for (const group of groups.values()) {
    const rows = group.map((part) => part.rows).toSorted((x, y) => x.start - y.start);
    const columns = group[0]!.product.inputs[0]!.shape[1]!;
    const total = rows.reduce((sum, { count }) => sum + count, 0);
    const isWhole = total * columns === sizeOf(rows[0]!.of.shape) && areNeighbours(rows);
    if (group.length > 1 && isWhole) for (const part of group) parts.set(part.product, part);
  }
  if (parts.size === 0) return parts;
  for (const sum of graph.operations) {
    const part = biased(sum, parts);
    if (part !== undefined) parts.set(sum, part);
  }
  return parts;
}

/** A part with a bias, if an operation adds one that is there from the start. */
function biased({ name, inputs }: Operation, parts: ReadonlyMap<Operation, Part>): Part | undefined {
  if (name !== "add") return undefined;
  const value = inputs[0]!;
  const bias = inputs[1]!;
  const product = operationOf(value);
  const part = product && parts.get(product);
  const isBias = bias.from.kind !== "operation" && bias.shape.length === 1 && bias.shape[0] === value.shape[1];
  return part?.bias === undefined && part !== undefined && isBias ? { ...part, bias } : undefined;
}
