import { isFloat } from "@tapegrad/tensor/internal";
import type { OperationName } from "../../operations/operation.ts";
import { inputsOf, type KernelNode, type LoopKernel } from "../../schedule/loop-kernel.ts";

type Apply = KernelNode & { readonly kind: "apply" };

/** Which operands of a sum may be a product that it computes itself. */
const terms: { readonly [P in OperationName]?: readonly number[] } = { add: [0, 1], sub: [1], sum: [0] };

/** Which operands are the factors of a product. */
const factors: { readonly [P in OperationName]?: readonly [number, number] } = { mul: [0, 1], square: [0, 0] };

/**
 * Products that become part of the sum that alone uses them, `a·b + c` or `c − a·b`, in one instruction with one rounding:
 * for each such sum or reduction the product that it absorbs.
 */
export function absorbedProducts(
  kernel: LoopKernel,
  nodes: readonly KernelNode[],
  varies: ReadonlyMap<KernelNode, ReadonlySet<number>>,
): ReadonlyMap<KernelNode, Apply> {
  const uses = new Map<KernelNode, number>();
  const use = (node: KernelNode): void => void uses.set(node, (uses.get(node) ?? 0) + 1);
  for (const node of nodes) inputsOf(node).forEach(use);
  for (const { node } of [...kernel.stores, ...kernel.accumulations]) use(node);
  const absorbed = new Map<KernelNode, Apply>();
  for (const node of nodes) {
    const places = "name" in node && isFloat(node.dtype) ? (terms[node.name] ?? []) : [];
    const product = places
      .map((place) => inputsOf(node)[place])
      .find(
        (input): input is Apply =>
          input?.kind === "apply" &&
          factors[input.name] !== undefined &&
          uses.get(input) === 1 &&
          sameAxes(varies.get(input), varies.get(node), node.kind === "reduce"),
      );
    if (product !== undefined) absorbed.set(node, product);
  }
  return absorbed;
}

/** Whether both are computed in the same loop; a reduction's terms are inside of it in any case. */
function sameAxes(
  a: ReadonlySet<number> | undefined,
  b: ReadonlySet<number> | undefined,
  isReduction: boolean,
): boolean {
  if (a === undefined || b === undefined) return false;
  return isReduction || (a.size === b.size && [...a].every((axis) => b.has(axis)));
}

/** The operand of a sum that is not the product. */
export function addendOf(sum: Apply, product: Apply): KernelNode {
  return (sum.inputs[0] === product ? sum.inputs[1] : sum.inputs[0]) as KernelNode;
}

/** The factors of a product. */
export function factorsOf({ name, inputs }: Apply): readonly [KernelNode, KernelNode] {
  const [a, b] = factors[name]!;
  return [inputs[a]!, inputs[b]!];
}
