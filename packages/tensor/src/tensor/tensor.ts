import { allocate, type DType, isFloat, toElement, type TypedArray } from "../dtype.ts";
import { GradError, DTypeError, ShapeError } from "../errors.ts";
import type { HookHandle } from "../hook-handle.ts";
import { runKernel } from "../kernels/kernels.ts";
import { expectNothing } from "../options/expect-nothing.ts";
import { expectFunction } from "../options/value-range.ts";
import type { AttrsOf, OutputsOf, Primitive, PrimitiveName } from "../primitives/primitive.ts";
import { primitives } from "../primitives/primitives.ts";
import { formatShape, sameShape, type Shape } from "../shape.ts";
import type { TensorCore } from "./core.ts";
import { expectTensor } from "./expect-tensor.ts";
import { addGradHook, type GradHook, type PostAccumulateGradHook, retainGrad } from "./grad-hooks.ts";
import { GradNode, gradMode, needsNode } from "./grad-node.ts";
import { MovementMethods } from "./movement-methods.ts";
import type { Block, Spec } from "../storage.ts";
import type { Tensors } from "./tensor-tuple.ts";
import { activeTracer } from "./tracer.ts";

/** Options of {@link Tensor.backward}. */
export interface BackwardOptions {
  /** Keep the saved tensors for another backward through the same graph. */
  readonly retainGraph?: boolean | undefined;
  /** Record the backward pass too, for second derivatives; implies `retainGraph`. */
  readonly createGraph?: boolean;
  /** Add to the `grad` of these tensors only, whether leaves or results; to that of all leaves unless given. */
  readonly inputs?: Tensors | undefined;
}

/** The part of the autograd package behind {@link Tensor.backward}. */
export interface GradEngine {
  readonly backward: (output: Tensor, cotangent: Tensor | undefined, options: BackwardOptions) => void;
}

let engine: GradEngine | undefined;

/** Connects {@link Tensor.backward} to the autograd package, which calls this once. */
export function installGradEngine(installed: GradEngine): void {
  engine = installed;
}

/**
 * An n-dimensional array: immutable values in row-major order. Operations are methods and give new tensors;
 * memory is garbage-collected.
 *
 * @example
 * tensor([[1, 2], [3, 4]]).matmul(tensor([1, 1])).toArray() // => [3, 7]
 */
export class Tensor extends MovementMethods {
  static override readonly name: string = "Tensor";

  /** @internal */
  protected run<P extends PrimitiveName>(name: P, rest: readonly TensorCore[], attrs: AttrsOf<P>): Tensor {
    return apply(name, [this, ...(rest as readonly Tensor[])], attrs)[0];
  }

  /** @internal */
  protected scalar(value: number, dtype: DType): Tensor {
    const data = allocate(dtype, 1);
    data[0] = toElement(value, dtype);
    return this.fresh(data, [], dtype);
  }

  /** @internal */
  protected fresh(data: TypedArray, shape: Shape, dtype: DType): Tensor {
    return fromData(data, shape, dtype);
  }

  /** @internal */
  protected self(): Tensor {
    return this;
  }

  /** @internal A tensor over the same storage, outside the graph. */
  protected alias(): Tensor {
    return new Tensor(this.storage, this.shape);
  }

  /** A differentiable copy with a storage of its own. */
  clone(...none: []): Tensor {
    expectNothing("clone", none);
    return apply("cast", [this], { dtype: this.dtype })[0];
  }

  /**
   * Adds the gradient of this tensor by every leaf that requires one to the leaf's `grad`.
   *
   * @param cotangent gradient of the final objective by this tensor; 1 for a tensor of one element
   * @throws {GradError} when there is nothing to differentiate, or the graph was freed
   */
  backward(cotangent?: Tensor, options: BackwardOptions = {}): void {
    if (engine === undefined) {
      throw new GradError("backward: expected the autograd package to be loaded, got none. Import @tapegrad/autograd.");
    }
    engine.backward(this, cotangent, options);
  }

  /**
   * Calls `hook(gradient)` on every way back, once the gradient of this tensor is complete; what it returns replaces it
   * there and for all that lies behind. `grad` does so too. Hooks run in the order in which they were registered, those
   * of leaves when the walk is over. The gradient must not be assigned to.
   *
   * @throws {GradError} for a tensor that requires no gradients
   * @throws {ValueError} on the way back, when the hook gives what is no tensor; errors too for another shape or dtype
   * @example
   * const x = tensor([1, 2], { requiresGrad: true });
   * const handle = x.registerHook((gradient) => gradient.clamp(-1, 1));
   * x.mul(5).sum().backward();
   * x.grad?.toArray(); // => [1, 1]
   * handle.remove();
   */
  registerHook(hook: GradHook, ...none: []): HookHandle {
    expectNothing("registerHook", none);
    expectFunction("registerHook", "hook", hook);
    return addGradHook("registerHook", this, { kind: "gradient", run: hook });
  }

  /**
   * Calls `hook(leaf)` whenever `backward` has added to the `grad` of this leaf: the place for an optimizer that steps
   * on the way.
   *
   * @throws {GradError} for a tensor that requires no gradients, and for the result of a recorded operation
   * @example
   * const w = tensor(3, { requiresGrad: true });
   * w.registerPostAccumulateGradHook((leaf) => {
   *   assign(leaf, leaf.sub(leaf.grad ?? 0));
   *   leaf.grad = undefined;
   * });
   * w.mul(2).backward();
   * w.item(); // => 1
   */
  registerPostAccumulateGradHook(hook: PostAccumulateGradHook, ...none: []): HookHandle {
    const fn = "registerPostAccumulateGradHook";
    expectNothing(fn, none);
    expectFunction(fn, "hook", hook);
    if (this.node !== undefined) {
      throw new GradError(`${fn}: expected a leaf, got the result of ${this.node.name}. Use its registerHook.`);
    }
    return addGradHook(fn, this, { kind: "accumulated", run: hook });
  }

  /**
   * Lets `backward` keep the gradient of this result of an operation in its `grad`, as it is after all hooks; of a leaf it
   * does so anyway.
   *
   * @throws {GradError} for a tensor that requires no gradients
   * @example
   * const x = tensor([1, 2], { requiresGrad: true });
   * const y = x.mul(3).retainGrad();
   * y.square().sum().backward();
   * y.grad?.toArray(); // => [6, 12]
   */
  retainGrad(...none: []): this {
    expectNothing("retainGrad", none);
    retainGrad("retainGrad", this);
    return this;
  }
}

/** A tensor over an array that nobody else changes. */
export function fromData(data: TypedArray, shape: Shape, dtype: DType): Tensor {
  const storage = { dtype, data, version: 0 };
  activeTracer()?.create(storage);
  return new Tensor(storage, shape);
}

/**
 * Applies a primitive: the only door to computation. A tracer records it; otherwise its kernel runs. Either
 * way the tape gets a node when gradients are enabled and an input requires them.
 *
 * @throws {ShapeError | DTypeError | ValueError} by the primitive's own rule
 */
export function apply<P extends PrimitiveName>(
  name: P,
  inputs: readonly Tensor[],
  attrs: AttrsOf<P>,
): OutputsOf<P, Tensor> {
  const primitive: Primitive<AttrsOf<P>> = primitives[name];
  const specs = primitive.infer(inputs, attrs);
  const tracer = activeTracer();
  const outputs =
    tracer === undefined ? evaluate(name, primitive, inputs, attrs, specs) : tracer.record(name, inputs, attrs, specs);
  if (needsNode(inputs)) attach(new GradNode(name, inputs, outputs, attrs));
  return outputs as unknown as OutputsOf<P, Tensor>;
}

/** Evaluates a primitive whose outputs are known to be `specs`, or has it recorded; the tape learns nothing of it. */
export function perform<P extends PrimitiveName>(
  name: P,
  inputs: readonly Tensor[],
  attrs: AttrsOf<P>,
  specs: readonly Spec[],
): readonly Tensor[] {
  const tracer = activeTracer();
  if (tracer !== undefined) return tracer.record(name, inputs, attrs, specs);
  return evaluate(name, primitives[name], inputs, attrs, specs);
}

function evaluate<P extends PrimitiveName>(
  name: P,
  primitive: Primitive<AttrsOf<P>>,
  inputs: readonly Tensor[],
  attrs: AttrsOf<P>,
  specs: readonly Spec[],
): readonly Tensor[] {
  if (name === "reshape") return [new Tensor(inputs[0]!.storage, specs[0]!.shape)];
  if (name === "assign") {
    overwrite(inputs[0]!, inputs[1]!);
    return [];
  }
  const blocks = new Array<Block>(inputs.length);
  for (let i = 0; i < inputs.length; i++) blocks[i] = blockOf(inputs[i]!);
  const data = runKernel(name, blocks, attrs, specs) ?? primitive.evaluate(blocks, attrs, specs);
  const outputs = new Array<Tensor>(specs.length);
  for (let i = 0; i < specs.length; i++) {
    const { shape, dtype } = specs[i]!;
    outputs[i] = new Tensor({ dtype, data: data[i]!, version: 0 }, shape);
  }
  return outputs;
}

function blockOf(tensor: Tensor): Block {
  return { data: tensor["elements"], shape: tensor.shape, dtype: tensor.storage.dtype };
}

function overwrite(target: Tensor, value: Tensor): void {
  const { storage } = target;
  const elements = target["elements"];
  if (elements !== value["elements"]) elements.set(value["elements"]);
  storage.version++;
}

/** Makes the floating outputs of `node` require gradients through it. */
export function attach(node: GradNode): void {
  for (const output of node.outputs) {
    if (isFloat(output.dtype)) {
      output.node = node;
      output.requiresGrad = true;
    }
  }
  gradMode.packer?.pack(node);
}

/**
 * Overwrites the elements of a leaf: the only mutation there is. Not recorded by the tape, but a tensor that
 * was saved for backward and assigned to since is reported there.
 *
 * @throws {GradError} when `target` is the result of a recorded operation
 * @throws {ShapeError | DTypeError} when `value` differs in shape or dtype
 */
export function assign(target: Tensor, value: Tensor, ...none: []): void {
  expectNothing("assign", none);
  expectTensor("assign", "target", target);
  expectTensor("assign", "value", value);
  if (target.node !== undefined) {
    throw new GradError(`assign: expected a leaf as target, got the result of ${target.node.name}. Detach it first.`);
  }
  if (!sameShape(target.shape, value.shape)) {
    throw new ShapeError(`assign: expected shape ${formatShape(target.shape)}, got ${formatShape(value.shape)}.`);
  }
  if (target.dtype !== value.dtype) {
    throw new DTypeError(`assign: expected dtype ${target.dtype}, got ${value.dtype}.`);
  }
  perform("assign", [target, value], {}, []);
}
