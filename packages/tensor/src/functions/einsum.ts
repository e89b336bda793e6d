import { DTypeError, ShapeError, ValueError } from "../errors.ts";
import { quoted } from "../options/value-range.ts";
import { formatShape, sizeOf } from "../shape.ts";
import { expectTensors } from "../tensor/expect-tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** A tensor with a letter per axis. */
interface Labelled {
  readonly x: Tensor;
  readonly labels: readonly string[];
}

/**
 * Einstein's summation: letters name axes, a letter that is missing on the right is summed over. Without `->`
 * the result has the letters that occur once, in alphabetical order. `...` stands for any further axes, which broadcast, as
 * does an axis of extent 1.
 *
 * Operands are contracted from left to right, each pair as one batched `matmul`.
 *
 * @throws {ValueError | ShapeError} when the equation does not fit the operands
 * @throws {DTypeError} for several operands that are not of one dtype, or bools
 * @example
 * einsum("ij,kj->ik", tensor([[1, 2]]), tensor([[3, 4]])).toArray() // => [[11]]
 */
export function einsum(equation: string, ...operands: readonly Tensor[]): Tensor {
  if (typeof equation !== "string") {
    throw new ValueError(`einsum: expected an equation such as "ij,jk->ik", got ${quoted(equation)}.`);
  }
  expectTensors("einsum", "operands", operands);
  expectOneDType(operands);
  const { inputs, output } = parse(equation, operands);
  const [first, ...rest] = inputs.map(({ x, labels }) => diagonals(x, labels)) as [Labelled, ...Labelled[]];
  let current = first;
  rest.forEach((next, i) => {
    const needed = new Set([...output, ...rest.slice(i + 1).flatMap((other) => other.labels)]);
    current = contract(sumOut(current, new Set([...needed, ...next.labels])), next, needed);
  });
  const result = sumOut(current, new Set(output));
  return result.x.permute(output.map((label) => result.labels.indexOf(label)));
}

/** Products of tensors are products of matrices, which convert nothing. */
function expectOneDType(operands: readonly Tensor[]): void {
  const [first, ...rest] = operands;
  if (rest.length === 0 || (first!.dtype !== "bool" && rest.every(({ dtype }) => dtype === first!.dtype))) return;
  const dtypes = operands.map(({ dtype }) => dtype).join(" and ");
  throw new DTypeError(`einsum: expected equal numeric dtypes, got ${dtypes}.`);
}

const anyAxes = "...";

/** The axes that `...` stands for, named from the last one, so that operands align there as in broadcasting. */
function ellipsisLabels(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `.${count - i}`);
}

/** Letters of a term as labels, `...` spelled out as `count` axes. */
function labelsOf(term: string, count: number): string[] {
  const [before = "", after] = term.split(anyAxes);
  return after === undefined ? [...before] : [...before, ...ellipsisLabels(count), ...after];
}

function parse(equation: string, operands: readonly Tensor[]): { inputs: Labelled[]; output: string[] } {
  const [left = "", right, ...more] = equation.replaceAll(" ", "").split("->");
  const terms = left.split(",");
  const wellFormed = [...terms, right ?? ""].every((term) => /^[a-zA-Z]*(\.\.\.)?[a-zA-Z]*$/.test(term));
  if (more.length > 0 || !wellFormed) {
    throw new ValueError(`einsum: expected letters, commas, "..." and one "->", got "${equation}".`);
  }
  if (terms.length !== operands.length) {
    throw new ValueError(`einsum: expected ${terms.length} operands for "${equation}", got ${operands.length}.`);
  }
  const inputs = operands.map((x, i): Labelled => {
    const term = terms[i]!;
    const further = x.ndim - term.replace(anyAxes, "").length;
    if (term.includes(anyAxes) ? further < 0 : further !== 0) {
      throw new ShapeError(
        `einsum: expected ${x.ndim - further} axes for "${term}", got shape ${formatShape(x.shape)}.`,
      );
    }
    return { x, labels: labelsOf(term, further) };
  });
  const all = inputs.flatMap(({ labels }) => labels);
  const shared = ellipsisLabels(Math.max(0, ...all.map((label) => (label.length > 1 ? Number(label.slice(1)) : 0))));
  const letters = all.filter((label) => label.length === 1);
  const once = letters.filter((label) => letters.indexOf(label) === letters.lastIndexOf(label));
  const output =
    right === undefined ? [...shared, ...once.sort((a, b) => (a < b ? -1 : 1))] : labelsOf(right, shared.length);
  if (new Set(output).size !== output.length || output.some((label) => !all.includes(label))) {
    throw new ValueError(`einsum: expected distinct letters of the left side after "->", got "${equation}".`);
  }
  const extents = extentsOf(inputs);
  return { inputs: inputs.map((input) => withoutSingles(input, extents)), output };
}

/** The extent of every label; an extent of 1 gives way to another. */
function extentsOf(inputs: readonly Labelled[]): ReadonlyMap<string, number> {
  const extents = new Map<string, number>();
  for (const { x, labels } of inputs) {
    labels.forEach((label, axis) => {
      const [known, extent] = [extents.get(label) ?? 1, x.shape[axis]!];
      if (known !== extent && known !== 1 && extent !== 1) {
        throw new ShapeError(`einsum: expected one extent for "${label}", got ${known} and ${extent}.`);
      }
      extents.set(label, known === 1 ? extent : known);
    });
  }
  return extents;
}

/** Drops axes of extent 1 that broadcast: an operand without the label broadcasts just so. */
function withoutSingles({ x, labels }: Labelled, extents: ReadonlyMap<string, number>): Labelled {
  const dropped = labels.flatMap((label, axis) => (x.shape[axis] === 1 && extents.get(label) !== 1 ? [axis] : []));
  if (dropped.length === 0) return { x, labels };
  return { x: x.squeeze(dropped), labels: labels.filter((_, axis) => !dropped.includes(axis)) };
}

/** Takes the diagonal of every letter that occurs twice in one operand. */
function diagonals(x: Tensor, labels: readonly string[]): Labelled {
  for (let axis = 0; axis < labels.length; axis++) {
    const other = labels.indexOf(labels[axis]!, axis + 1);
    if (other < 0) continue;
    const n = x.shape[axis]!;
    // Flattened together, the diagonal is every (n + 1)-th element.
    const order = labels.map((_, a) => a).filter((a) => a !== axis && a !== other);
    const flat = x.permute([...order, axis, other]).reshape([...order.map((a) => x.shape[a]!), n * n]);
    const diagonal = flat.slice(...order.map((): [] => []), [0, n * n, n + 1]);
    return diagonals(
      diagonal,
      [...order, axis].map((a) => labels[a]!),
    );
  }
  return { x, labels };
}

function sumOut({ x, labels }: Labelled, needed: ReadonlySet<string>): Labelled {
  const axis = labels.flatMap((label, a) => (needed.has(label) ? [] : [a]));
  if (axis.length === 0) return { x, labels };
  return { x: x.sum({ axis }), labels: labels.filter((label) => needed.has(label)) };
}

/** One pair: letters of both that are still needed become batch axes, the others of both are contracted. */
function contract(a: Labelled, b: Labelled, needed: ReadonlySet<string>): Labelled {
  const right = sumOut(b, new Set([...needed, ...a.labels]));
  const shared = a.labels.filter((label) => right.labels.includes(label));
  const batch = shared.filter((label) => needed.has(label));
  const inner = shared.filter((label) => !needed.has(label));
  const ownA = a.labels.filter((label) => !shared.includes(label));
  const ownB = right.labels.filter((label) => !shared.includes(label));
  const extent = (of: Labelled, labels: readonly string[]): number[] =>
    labels.map((label) => of.x.shape[of.labels.indexOf(label)]!);
  const arrange = (of: Labelled, labels: readonly string[]): Tensor =>
    of.x.permute(labels.map((label) => of.labels.indexOf(label)));
  const [batchExtents, k] = [extent(a, batch), sizeOf(extent(a, inner))];
  const [extentsA, extentsB] = [extent(a, ownA), extent(right, ownB)];
  const left = arrange(a, [...batch, ...ownA, ...inner]).reshape([...batchExtents, sizeOf(extentsA), k]);
  const other = arrange(right, [...batch, ...inner, ...ownB]).reshape([...batchExtents, k, sizeOf(extentsB)]);
  return {
    x: left.matmul(other).reshape([...batchExtents, ...extentsA, ...extentsB]),
    labels: [...batch, ...ownA, ...ownB],
  };
}
