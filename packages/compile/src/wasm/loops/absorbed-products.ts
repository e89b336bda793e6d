import { inputsOf, type KernelNode, type LoopKernel } from "../../schedule/loop-kernel.ts";

type Apply = KernelNode & { readonly kind: "apply" };

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
    const isSum =
      node.kind === "reduce"
        ? node.name === "sum"
        : node.kind === "apply" && (node.name === "add" || node.name === "sub");
    if (!isSum || !node.dtype.startsWith("float")) continue;
    const candidates = node.kind === "apply" && node.name === "sub" ? [node.inputs[1]] : inputsOf(node);
    const product = candidates.find(
      (input): input is Apply =>
        input?.kind === "apply" &&
        (input.name === "mul" || input.name === "square") &&
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
  const [a, b] = inputs as readonly [KernelNode, KernelNode];
  return name === "square" ? [a, a] : [a, b];
}
