import type { DType, Tensor } from "@tapegrad/tensor";
import {
  activeTracer,
  type ElementwiseFunction,
  elementwiseFunction,
  type GradNode,
  gradMode,
  hasKernels,
  sameShape,
} from "@tapegrad/tensor/internal";
import { Saved } from "./saved.ts";
import { binary } from "./vjps/binary.ts";
import { unary } from "./vjps/unary.ts";

/** What a pullback computes with: the cotangent, or an input or output of the node. */
type Read = { readonly role: "cotangent" | "input" | "output"; readonly index: number; readonly dtype: DType };

/** A row of the table that is one pass over elements. */
interface Fused {
  readonly compute: ElementwiseFunction;
  readonly reads: readonly Read[];
}

/** A pullback of a function of elements. */
type Pullback = (ct: Tensor, saved: Saved, attrs: unknown, index: number) => Tensor;

const known = new Map<Pullback, Fused | undefined>();

/**
 * The gradient of an input of a function of elements, in one pass where the row of the table is made of several operations.
 *
 * @returns undefined where it is not: where the walk is recorded, elements are no float32, or operands broadcast
 */
export function fusedPullback(
  node: GradNode,
  pullback: Pullback,
  ct: Tensor,
  saved: Saved,
  index: number,
): Tensor | undefined {
  if (gradMode.enabled || activeTracer() !== undefined || !hasKernels() || !isElementwise(node.name)) return undefined;
  if (!known.has(pullback)) known.set(pullback, fuse(node, pullback, index));
  const fused = known.get(pullback);
  if (fused === undefined) return undefined;
  const { reads, compute } = fused;
  for (const { role, index: i, dtype } of reads) {
    const tensor = role === "cotangent" ? ct : node[`${role}s`][i]!;
    if (tensor.dtype !== dtype || !sameShape(tensor.shape, ct.shape)) return undefined;
  }
  return compute.run(reads.map(({ role, index: i }) => (role === "cotangent" ? ct : saved[role](i))));
}

/** A cast depends on what it was of. */
function isElementwise(name: string): boolean {
  return name !== "cast" && (Object.hasOwn(unary, name) || Object.hasOwn(binary, name));
}

function fuse(node: GradNode, pullback: Pullback, index: number): Fused | undefined {
  const reads: Read[] = [];
  const compute = elementwiseFunction((argument) => {
    const stand = (role: Read["role"], i: number): Tensor => {
      const dtype = role === "input" && node.inputs[i]!.dtype === "bool" ? "bool" : "float32";
      reads.push({ role, index: i, dtype });
      return argument(dtype);
    };
    const ct = stand("cotangent", 0);
    return pullback(ct, new Arguments(node, stand), node.attrs, index);
  });
  return compute === undefined || compute.operations < 2 ? undefined : { compute, reads };
}

/** Gives what stands for the inputs and outputs of a node, each once. */
class Arguments extends Saved {
  readonly #given = new Map<string, Tensor>();
  readonly #stand: (role: Read["role"], index: number) => Tensor;

  constructor(node: GradNode, stand: (role: Read["role"], index: number) => Tensor) {
    super(node);
    this.#stand = stand;
  }

  override input(index: number): Tensor {
    return this.#give("input", index);
  }

  override output(index: number): Tensor {
    return this.#give("output", index);
  }

  #give(role: "input" | "output", index: number): Tensor {
    const name = `${role} ${index}`;
    const tensor = this.#given.get(name) ?? this.#stand(role, index);
    this.#given.set(name, tensor);
    return tensor;
  }
}
