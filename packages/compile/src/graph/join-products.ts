import { sizeOf } from "@tapegrad/tensor/internal";
import type { GraphBuilder } from "./builder.ts";
import { attrsOf, type Graph, type Operation, operationOf, type Value } from "./graph.ts";
import { rebuild } from "./rebuild.ts";
import { areNeighbours, asMatrix, rowsOf, sliceRows } from "./rows.ts";
import { isSum, sumsOf, type Uses, usesOf } from "./sums.ts";

/** Matrices that are put one below the other. */
type Stack = readonly Value[];

/** A sum of several terms, of which some are joined. */
interface Sum {
  readonly rest: readonly Value[];
  /** `Σ leftᵀ · right` as one product of stacks; without `left` the sum over all rows of `right`. */
  readonly left: Stack | undefined;
  readonly right: Stack;
}

/** Of fewer products operands are not put side by side. */
const fewest = 4;

/**
 * Sums of products `Σₜ xₜᵀ gₜ`, such as the gradient of a weight that each step of a sequence uses, as one product of all x
 * with all g. It is worth it where putting these side by side moves fewer elements than all products have. Sums of the rows
 * of the same matrices, such as the gradient of a bias, then are one as well.
 */
export function joinProducts(graph: Graph): Graph {
  if (!graph.operations.some(addsProduct)) return graph;
  const sums = joinedSums(graph);
  if (sums.size === 0) return graph;
  return rebuild(graph, (builder, operation, _, of) => {
    const sum = sums.get(operation);
    if (sum === undefined) return undefined;
    const right = stacked(builder, sum.right, of);
    const joined =
      sum.left === undefined
        ? builder.apply("sum", [right], { axes: [0] })
        : builder.apply("matmul", [stacked(builder, sum.left, of), right], { transposeA: true, transposeB: false });
    const shaped = builder.apply("reshape", [joined], { shape: operation.outputs[0]!.shape });
    return [sum.rest.reduce((total, term) => builder.apply("add", [total, of(term)], {}), shaped)];
  });
}

/** Whether an operation adds a product that could be one of a sum. */
function addsProduct(operation: Operation): boolean {
  return isSum(operation) && operation.inputs.some(isProduct);
}

function isProduct(value: Value): boolean {
  const operation = operationOf(value);
  return operation?.name === "matmul" && isOfRows(operation);
}

function joinedSums(graph: Graph): ReadonlyMap<Operation, Sum> {
  const uses = usesOf(graph);
  const terms = sumsOf(graph, uses);
  const sums = new Map<Operation, Sum>();
  const stacks = new Map<string, Stack>();
  for (const [operation, list] of terms) {
    const sum = sumOfProducts(list, uses);
    if (sum === undefined) continue;
    sums.set(operation, sum);
    for (const stack of [sum.left!, sum.right]) stacks.set(keyOf(stack), stack);
  }
  if (stacks.size === 0) return sums;
  for (const [operation, list] of terms) {
    const sum = sums.has(operation) ? undefined : sumOfRows(list, stacks);
    if (sum !== undefined) sums.set(operation, sum);
  }
  return sums;
}

function keyOf(stack: Stack): string {
  return stack
    .map(({ id }) => id)
    .toSorted((a, b) => a - b)
    .join();
}

function sumOfProducts(terms: readonly Value[], uses: Uses): Sum | undefined {
  const products: Operation[] = [];
  const rest: Value[] = [];
  for (const term of terms) {
    const operation = operationOf(term);
    if (operation?.name === "matmul" && uses.get(term) === 1 && isOfRows(operation)) products.push(operation);
    else rest.push(term);
  }
  if (products.length < fewest) return undefined;
  // Rows of one tensor in their order, so that they need not be moved.
  const pairs = products.map(({ inputs: [a, b] }) => ({ a: a!, b: b!, rowsA: rowsOf(a!), rowsB: rowsOf(b!) }));
  const isOne = (side: "rowsA" | "rowsB"): boolean => pairs.every((pair) => pair[side].of === pairs[0]![side].of);
  const side = isOne("rowsA") ? "rowsA" : "rowsB";
  if (isOne(side)) pairs.sort((x, y) => x[side].start - y[side].start);
  const [left, right] = [pairs.map(({ a }) => a), pairs.map(({ b }) => b)];
  const moved = [left, right].reduce((sum, stack) => sum + (areRows(stack) ? 0 : sizeOfAll(stack)), 0);
  return moved <= products.length * sizeOf(terms[0]!.shape) ? { rest, left, right } : undefined;
}

/** Whether a product of matrices is `aᵀ · b`. */
function isOfRows(product: Operation): boolean {
  const { transposeA, transposeB } = attrsOf(product, "matmul");
  return transposeA && !transposeB && product.inputs.every(({ shape }) => shape.length === 2);
}

function areRows(stack: Stack): boolean {
  return areNeighbours(stack.map(rowsOf));
}

function sizeOfAll(stack: Stack): number {
  return stack.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}

/** A sum of the rows of matrices that a product stacks already. */
function sumOfRows(terms: readonly Value[], stacks: ReadonlyMap<string, Stack>): Sum | undefined {
  const matrices: Value[] = [];
  const rest: Value[] = [];
  for (const term of terms) {
    const reshaped = operationOf(term);
    const sum = reshaped?.name === "reshape" ? operationOf(reshaped.inputs[0]!) : reshaped;
    const [matrix] = sum?.inputs ?? [];
    const isOfRows = sum?.name === "sum" && matrix?.shape.length === 2 && attrsOf(sum, "sum").axes.join() === "0";
    (isOfRows ? matrices : rest).push(isOfRows ? matrix : term);
  }
  const right = stacks.get(keyOf(matrices));
  return right && { rest, left: undefined, right };
}

function stacked(builder: GraphBuilder, stack: Stack, of: (value: Value) => Value): Value {
  const rows = stack.map(rowsOf);
  if (!areNeighbours(rows)) return builder.apply("concat", stack.map(of), { axis: 0 });
  const [first, last] = [rows[0]!, rows.at(-1)!];
  const whole = asMatrix(builder, of(first.of), stack[0]!.shape[1]!);
  return sliceRows(builder, whole, first.start, last.start + last.count - first.start);
}
