import type { DType, TypedArray } from "../dtype.ts";
import { allocate, convertInto, isFloat, ownArray } from "../dtype.ts";
import { CompileError, DTypeError, GradError, ShapeError, ValueError } from "../errors.ts";
import { expectNothing } from "../options/expect-nothing.ts";
import { flag as isFlag } from "../options/ranges.ts";
import { expectValue, formatValue } from "../options/value-range.ts";
import type { AttrsOf, PrimitiveName } from "../primitives/primitive.ts";
import { formatShape, sameShape, type Shape, sizeOf } from "../shape.ts";
import type { GradNode } from "./grad-node.ts";
import { describeTensor } from "./print.ts";
import type { Storage } from "../storage.ts";
import type { Tensor } from "./tensor.ts";
import { activeTracer } from "./tracer.ts";

/** Nested arrays of numbers, as deep as the tensor has axes. */
export type NestedNumbers = number | readonly NestedNumbers[];

/** A gradient in memory that will be written again: a tensor is made of it when somebody reads it. */
export interface LazyGrad {
  /** The elements, until the memory is written again. */
  readonly data: TypedArray;
  /** A tensor with elements of its own. */
  readonly toTensor: () => Tensor;
}

/** Fields and reading access of a tensor; the method families extend it. */
export abstract class TensorCore {
  /** Extents, outermost axis first. */
  readonly shape: Shape;
  /** Number of elements. */
  readonly size: number;
  /** The shared elements; for packages that build on this one. */
  readonly storage: Storage;
  #requiresGrad = false;
  #grad: Tensor | LazyGrad | undefined = undefined;
  /** The recorded application that made this tensor, or undefined for a leaf. */
  node: GradNode | undefined = undefined;

  constructor(storage: Storage, shape: Shape) {
    this.storage = storage;
    this.shape = shape;
    this.size = sizeOf(shape);
  }

  /** @internal Applies a primitive to this tensor followed by `rest`, and returns its first output. */
  abstract run<P extends PrimitiveName>(name: P, rest: readonly TensorCore[], attrs: AttrsOf<P>): Tensor;

  /** @internal A constant of no axes. */
  abstract scalar(value: number, dtype: DType): Tensor;

  /** @internal A tensor over an array that nobody else changes. */
  abstract fresh(data: TypedArray, shape: Shape, dtype: DType): Tensor;

  /** @internal This tensor under its public type. */
  abstract self(): Tensor;

  /**
   * Whether gradients flow to this tensor.
   *
   * @throws {GradError} when it is set to false on the result of a recorded operation, whose inputs decide
   */
  get requiresGrad(): boolean {
    activeTracer()?.readRequiresGrad(this.self(), this.#requiresGrad);
    return this.#requiresGrad;
  }

  set requiresGrad(flag: boolean) {
    if (!flag && this.node !== undefined) {
      throw new GradError(
        `requiresGrad: expected a leaf to stop gradients at, got the result of ${this.node.name}. Use its detach().`,
      );
    }
    if (flag === this.#requiresGrad) return;
    activeTracer()?.writeRequiresGrad(this.self(), this.#requiresGrad);
    this.#requiresGrad = flag;
  }

  /**
   * Gradient that `backward` accumulated here; only leaves get one. Setting it to undefined or null forgets it.
   *
   * @throws {ShapeError} when set to one of another shape
   * @throws {DTypeError} when set to one of another dtype
   * @throws {ValueError} when set to what is no tensor
   */
  get grad(): Tensor | undefined {
    const grad = this.#forceGrad();
    const tracer = activeTracer();
    return tracer === undefined ? grad : tracer.readGrad(this.self(), grad);
  }

  set grad(gradient: Tensor | null | undefined) {
    const checked = gradient ?? undefined;
    if (checked !== undefined) this.#checkGrad(checked);
    const tracer = activeTracer();
    if (tracer !== undefined) tracer.writeGrad(this.self(), this.#forceGrad());
    this.#grad = checked;
  }

  #checkGrad(gradient: Tensor): void {
    const { shape, dtype } = this;
    if (!((gradient as unknown) instanceof TensorCore)) {
      throw new ValueError(`grad: expected a tensor or undefined, got ${formatValue(gradient)}.`);
    }
    if (!sameShape(gradient.shape, shape)) {
      throw new ShapeError(
        `grad: expected a gradient of shape ${formatShape(shape)}, as its tensor, got ${formatShape(gradient.shape)}.`,
      );
    }
    if (gradient.dtype !== dtype) {
      throw new DTypeError(`grad: expected a gradient of dtype ${dtype}, as its tensor, got ${gradient.dtype}.`);
    }
  }

  /** @internal The gradient as it is kept; reading it makes no tensor. */
  get rawGrad(): Tensor | LazyGrad | undefined {
    return this.#grad;
  }

  set rawGrad(gradient: Tensor | LazyGrad | undefined) {
    this.#grad = gradient;
  }

  #forceGrad(): Tensor | undefined {
    const grad = this.#grad;
    if (grad === undefined || grad instanceof TensorCore) return grad;
    return (this.#grad = grad.toTensor());
  }

  /** Element type. */
  get dtype(): DType {
    return this.storage.dtype;
  }

  /** Number of axes. */
  get ndim(): number {
    return this.shape.length;
  }

  /**
   * The elements in row-major order. Read-only by contract: writing to it bypasses the tape. Its buffer is that of all
   * tensors that share the elements, and of more where a compiled function has captured them: a worker is given a copy,
   * `x.data.slice()`.
   *
   * @throws {CompileError} while a function is traced, when the value does not exist yet
   * @throws {ValueError} when the buffer was transferred
   */
  get data(): TypedArray {
    const data = this.#read("data");
    const own = ownArray(data);
    if (own !== data) this.storage.data = own;
    return own;
  }

  /** @internal The elements, in a buffer that may hold those of other tensors: not for users. */
  get elements(): TypedArray {
    return this.storage.data === undefined ? this.#read("data") : this.#present(this.storage.data);
  }

  #read(fn: string): TypedArray {
    const { data } = this.storage;
    if (data === undefined) {
      throw new CompileError(
        `${fn}: expected a tensor with a value, got one of shape ${formatShape(this.shape)} that is being traced. ` +
          "Return it from the compiled function and read it afterwards, or choose between values with where.",
      );
    }
    activeTracer()?.readData(this.storage, fn);
    return this.#present(data);
  }

  #present(data: TypedArray): TypedArray {
    if (data.length !== this.size) {
      throw new ValueError(
        `data: expected ${this.size} elements, got ${data.length}: their buffer was transferred. Transfer that of x.data.slice().`,
      );
    }
    return data;
  }

  /**
   * The only element, as a number.
   *
   * @throws {ShapeError} for any other number of elements
   * @throws {CompileError} while a function is traced, when the value does not exist yet
   */
  item(...none: []): number {
    expectNothing("item", none);
    if (this.size !== 1) {
      throw new ShapeError(`item: expected a tensor of one element, got shape ${formatShape(this.shape)}.`);
    }
    return this.#read("item")[0]!;
  }

  /**
   * The elements as nested arrays; bools become 0 and 1.
   *
   * @throws {CompileError} while a function is traced, when the value does not exist yet
   */
  toArray(...none: []): NestedNumbers {
    expectNothing("toArray", none);
    const { shape } = this;
    const data = this.#read("toArray");
    let at = 0;
    const build = (axis: number): NestedNumbers =>
      axis === shape.length ? data[at++]! : Array.from({ length: shape[axis]! }, () => build(axis + 1));
    return build(0);
  }

  /** The same elements outside the recorded graph; shares storage. */
  detach(...none: []): Tensor {
    expectNothing("detach", none);
    return this.self().alias();
  }

  /**
   * Marks this leaf as a tensor to differentiate by, or takes the mark away.
   *
   * @throws {DTypeError} for a tensor of integers or bools
   * @throws {GradError} for taking it from the result of a recorded operation: that is `detach()`
   */
  requiresGrad_(flag = true, ...none: []): Tensor {
    expectNothing("requiresGrad_", none);
    expectValue("requiresGrad_", "flag", flag, isFlag);
    if (flag && !isFloat(this.dtype)) {
      throw new DTypeError(`requiresGrad_: expected a float32 or float64 tensor, got ${this.dtype}.`);
    }
    this.requiresGrad = flag;
    return this.self();
  }

  /** One line: shape, dtype, range, mean, standard deviation, flags and first values. */
  toString(): string {
    return describeTensor(this);
  }

  static {
    // What console.log shows in Node and Deno. In a static block, since declarations cannot name such a key; of `this`,
    // since the compiler gives the class an alias that is not assigned yet.
    Object.defineProperty(this.prototype, Symbol.for("nodejs.util.inspect.custom"), {
      value(this: TensorCore): string {
        return describeTensor(this);
      },
    });
  }
}

/**
 * Changes a leaf's dtype in place, converting its elements; its gradient is dropped.
 *
 * @throws {CompileError} while a function is traced that has used the tensor
 */
export function convertStorage(tensor: TensorCore, dtype: DType): void {
  const { storage } = tensor;
  const { data } = storage;
  if (storage.dtype === dtype) return;
  if (data === undefined) throw new CompileError(`to: expected a tensor with a value, got one that is being traced.`);
  activeTracer()?.convert(storage);
  const converted = allocate(dtype, tensor.size);
  convertInto(data, converted);
  storage.dtype = dtype;
  storage.data = converted;
  storage.version++;
  tensor.grad = undefined;
}
