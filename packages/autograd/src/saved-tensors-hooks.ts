import { type AnyResult, GradError, Tensor, ValueError } from "@tapegrad/tensor";
import {
  expectFunction,
  expectNothing,
  formatShape,
  formatValue,
  type GradNode,
  gradMode,
  NullTracer,
  type Packer,
  type Spec,
  type Storage,
  sameShape,
  symbolicTensor,
  type Unpack,
  withGradMode,
  withTracer,
} from "@tapegrad/tensor/internal";
import { pullBack } from "./pullback.ts";
import { runSync } from "./run-sync.ts";
import { checkVersion, Saved } from "./saved.ts";

const fn = "savedTensorsHooks";

/**
 * Runs `run` with what its operations save for backward in another form: `pack` makes it of each tensor that is saved,
 * `unpack` the tensor of it again, whenever backward needs it. The tape keeps what `pack` gives and lets the elements of
 * results go: to half precision, to a file, or only to count them. What `checkpoint` keeps are its inputs, which stay
 * as they are. Inside another call the innermost `pack` counts.
 *
 * A compiled function that is called in `run` runs as it is.
 *
 * @param pack takes a tensor outside the graph, which it must not assign to, and gives anything
 * @param unpack gives a tensor of the same shape and dtype
 * @returns what `run` returns
 * @throws {ValueError} for an async function or a generator, and in backward if `unpack` gives what is no tensor, or one
 *   of another shape or dtype
 * @example
 * const x = tensor([1.26, 2.51], { requiresGrad: true });
 * const y = savedTensorsHooks(
 *   (saved) => saved.toArray(1).map((value) => value.toFixed(1)),
 *   (texts) => tensor(texts.map(Number)),
 *   () => x.square(),
 * );
 * y.sum().backward();
 * x.grad?.toArray(); // => [2.6, 5]
 */
export function savedTensorsHooks<Packed, T extends AnyResult>(
  pack: (saved: Tensor) => Packed,
  unpack: (packed: Packed) => Tensor,
  run: () => T,
  ...none: []
): T {
  expectNothing(fn, none);
  expectFunction(fn, "pack", pack);
  expectFunction(fn, "unpack", unpack);
  const save: Packer["save"] = (by, tensor) => packed(by, tensor, pack, unpack);
  return runSync(fn, run, () => withPacker({ pack: (node) => packNode(node, save), save }, run));
}

/** Runs `run` with `packer` for what is saved in it. */
export function withPacker<T>(packer: Packer | undefined, run: () => T): T {
  const before = gradMode.packer;
  gradMode.packer = packer;
  try {
    return run();
  } finally {
    gradMode.packer = before;
  }
}

/** Packs one tensor; gives what unpacks it, and holds nothing of the tensor. */
function packed<Packed>(
  by: string,
  tensor: Tensor,
  pack: (saved: Tensor) => Packed,
  unpack: (packed: Packed) => Tensor,
): () => Tensor {
  const form = quietly(() => pack(tensor.detach()));
  const { shape, dtype, storage } = tensor;
  const isKept = form instanceof Tensor && form.storage === storage;
  return unpacking({
    by,
    form,
    unpack,
    spec: { shape, dtype },
    // A leaf is on the tape as it is; of a result only what stands for it may be kept.
    origin: tensor.requiresGrad ? tensor["onTape"] : undefined,
    // Nobody but the user knows when another form is out of date.
    kept: isKept ? { storage, version: storage.version } : undefined,
  });
}

interface Packing<Packed> {
  readonly by: string;
  readonly form: Packed;
  readonly unpack: (form: Packed) => unknown;
  readonly spec: Spec;
  readonly origin: Tensor | undefined;
  readonly kept: { readonly storage: Storage; readonly version: number } | undefined;
}

// In a function of its own: what is made beside the first function that sees the tensor would keep it.
function unpacking<Packed>({ by, form, unpack, spec, origin, kept }: Packing<Packed>): () => Tensor {
  return () => {
    const value = quietly(() => unpack(form));
    if (!(value instanceof Tensor)) {
      throw new ValueError(`${fn}: expected unpack to give a tensor, got ${formatValue(value)}.`);
    }
    expectAsSaved(value, spec);
    if (kept !== undefined && value.storage === kept.storage) checkVersion(by, "saved tensor", 0, value, kept.version);
    return origin === undefined ? value.detach() : connected(value.detach(), origin);
  };
}

function expectAsSaved(value: Tensor, { shape, dtype }: Spec): void {
  if (value.dtype === dtype && sameShape(value.shape, shape)) return;
  throw new ValueError(
    `${fn}: expected unpack to give ${dtype} of shape ${formatShape(shape)}, as was saved, got ${value.dtype} of shape ${formatShape(value.shape)}.`,
  );
}

/** Runs a hook: nothing that it computes is recorded, or packed. */
function quietly<T>(hook: () => T): T {
  return withPacker(undefined, () => withGradMode(false, hook));
}

/** A tensor in the place of another one on the tape. */
function connected(value: Tensor, origin: Tensor): Tensor {
  value.node = origin.node;
  if (origin.node === undefined && value.storage === origin.storage) return origin;
  value["standIn"] = origin;
  value.requiresGrad = true;
  return value;
}

/** Packs what the way back through a node reads, and leaves nothing but shapes of the rest. */
function packNode(node: GradNode, save: Packer["save"]): void {
  // A function with a pullback of its own saves what it wants to, by itself.
  if (node.pullback !== undefined) return;
  const reads = new Reads(node);
  const cts = node.outputs.map(symbolicTensor);
  withPacker(undefined, () =>
    withTracer(new NullTracer(), () =>
      withGradMode(false, () => pullBack(node, cts, ({ requiresGrad }) => requiresGrad, reads)),
    ),
  );
  // First of all, since what is saved of an output goes back as what stands for it.
  const { inputs, outputs } = node;
  node.outputs = outputs.map(standInFor);
  node.inputs = inputs.map((input) => (input.requiresGrad ? input["onTape"] : symbolicTensor(input)));
  const saveAll = (from: readonly Tensor[], indices: Iterable<number>): ReadonlyMap<number, () => Tensor> =>
    new Map(Array.from(indices, (i) => [i, save(node.name, from[i]!)] as const));
  node.unpack = unpackOf(node.name, { input: saveAll(inputs, reads.inputs), output: saveAll(outputs, reads.outputs) });
}

/** In a function of its own, as {@link unpacking}. */
function unpackOf(
  name: string,
  unpacks: Readonly<Record<"input" | "output", ReadonlyMap<number, () => Tensor>>>,
): Unpack {
  return (role, index) => {
    const unpack = unpacks[role].get(index);
    if (unpack !== undefined) return unpack();
    throw new GradError(`${name}: expected ${role} ${index} to be saved, got one that required no gradient then.`);
  };
}

/** What is known of a result without its elements. */
function standInFor(output: Tensor): Tensor {
  const standIn = symbolicTensor(output);
  standIn.node = output.node;
  if (output.node !== undefined) standIn.requiresGrad = true;
  output["standIn"] = standIn;
  return standIn;
}

/** Notes what is read of a node. */
class Reads extends Saved {
  readonly inputs: Set<number> = new Set();
  readonly outputs: Set<number> = new Set();
  readonly #node: GradNode;

  constructor(node: GradNode) {
    super(node);
    this.#node = node;
  }

  override input(index: number): Tensor {
    this.inputs.add(index);
    return this.#node.inputs[index]!;
  }

  override output(index: number): Tensor {
    this.outputs.add(index);
    return this.#node.outputs[index]!;
  }
}
