import { noteChange } from "../changes.ts";
import type { DType, TypedArray } from "../dtype.ts";
import { isFloat, ownArray } from "../dtype.ts";
import { CompileError, DTypeError, GradError, ShapeError, ValueError } from "../errors.ts";
import { expectNothing } from "../options/expect-nothing.ts";
import { flag as isFlag } from "../options/ranges.ts";
import { expectValue, formatValue } from "../options/value-range.ts";
import type { AttrsOf, PrimitiveName } from "../primitives/primitive.ts";
import { formatShape, normalizeAxis, type Shape, sizeOf } from "../shape.ts";
import type { Cell } from "./cell.ts";
import { checkGrad } from "./check-grad.ts";
import type { GradHooks } from "./grad-hooks.ts";
import type { GradNode } from "./grad-node.ts";
import type { LazyGrad } from "./lazy-grad.ts";
import { presentElements } from "./present-elements.ts";
import { describeTensor } from "./print.ts";
import { type ArrayOfRank, expectRank, type ExtentsOfRank, nested, type NestedNumbers } from "./rank.ts";
import { refuseOperator } from "./refuse-operator.ts";
import { replaceArray, type Storage } from "../storage.ts";
import type { Tensor } from "./tensor.ts";
import { jsonElements, type TensorJSON } from "./tensor-json.ts";
import { activeTracer } from "./tracer.ts";

/** Fields and reading access of a tensor; the method families extend it. */
export abstract class TensorCore {
  /** Extents, outermost axis first. */
  readonly shape: Shape;
  /** Number of elements. */
  readonly size: number;
  /** @internal The shared elements; for packages that build on this one. */
  readonly storage: Storage;
  #requiresGrad = false;
  #grad: Tensor | LazyGrad | undefined = undefined;
  /** @internal The recorded application that made this tensor, or undefined for a leaf. */
  node: GradNode | undefined = undefined;
  /** @internal What is to happen with its gradient; of a leaf in a cell. */
  protected hooks: Cell<GradHooks> | GradHooks | undefined = undefined;
  /** @internal What stands for this tensor on the tape where its elements are not kept. */
  protected standIn: Tensor | undefined = undefined;

  constructor(storage: Storage, shape: Shape) {
    this.storage = storage;
    this.shape = shape;
    this.size = sizeOf(shape);
  }

  // Protected, so that users do not see them: functions of these packages reach them as x["run"].

  /** @internal Applies a primitive to this tensor followed by `rest`, and returns its first output. */
  protected abstract run<P extends PrimitiveName>(name: P, rest: readonly TensorCore[], attrs: AttrsOf<P>): Tensor;

  /** @internal A constant of no axes. */
  protected abstract scalar(value: number, dtype: DType): Tensor;

  /** @internal A tensor over an array that nobody else changes. */
  protected abstract fresh(data: TypedArray, shape: Shape, dtype: DType): Tensor;

  /** @internal This tensor under its public type. */
  protected abstract self(): Tensor;

  /** @internal What the tape knows this tensor as. */
  protected get onTape(): Tensor {
    return this.standIn ?? this.self();
  }

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
    noteChange();
    this.#requiresGrad = flag;
  }

  /**
   * Gradient that `backward` accumulated here; only leaves get one, and what `retainGrad` was called on. Setting it to
   * undefined or null forgets it.
   *
   * @throws {ShapeError} when set to one of another shape
   * @throws {DTypeError} when set to one of another dtype
   * @throws {ValueError} when set to what is no tensor
   */
  get grad(): Tensor | undefined {
    const { onTape } = this;
    const grad = onTape.#forceGrad();
    const tracer = activeTracer();
    return tracer === undefined ? grad : tracer.readGrad(onTape, grad);
  }

  set grad(gradient: Tensor | null | undefined) {
    const checked = gradient ?? undefined;
    if (checked !== undefined) {
      if (!((checked as unknown) instanceof TensorCore)) {
        throw new ValueError(`grad: expected a tensor or undefined, got ${formatValue(gradient)}.`);
      }
      checkGrad("grad", checked, this);
    }
    const { onTape } = this;
    activeTracer()?.writeGrad(onTape, onTape.#forceGrad());
    onTape.#grad = checked;
  }

  /** @internal The gradient as it is kept; reading it makes no tensor. */
  protected get rawGrad(): Tensor | LazyGrad | undefined {
    return this.#grad;
  }

  protected set rawGrad(gradient: Tensor | LazyGrad | undefined) {
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
   * How long the tensor is along one axis, from the end if negative.
   *
   * @throws {ShapeError} when there is no such axis
   * @example
   * zeros([2, 3]).extent(-1); // => 3
   */
  extent(axis: number, ...none: []): number {
    expectNothing("extent", none);
    return this.shape[normalizeAxis("extent", axis, this.ndim)]!;
  }

  /**
   * The shape of a tensor of so many axes, to take apart: each extent is a number for the compiler too.
   *
   * @throws {ShapeError} when it has another number of axes
   * @example
   * const [batch, time, features] = zeros([8, 5, 3]).extents(3);
   * [batch * time, features]; // => [40, 3]
   */
  extents<Rank extends number>(rank: Rank, ...none: []): ExtentsOfRank<Rank> {
    expectNothing("extents", none);
    expectRank("extents", rank, this.shape);
    return this.shape as ExtentsOfRank<Rank>;
  }

  /**
   * The elements in row-major order, in an ordinary `ArrayBuffer`. Read-only by contract: writing to it bypasses the tape.
   * Tensors that share the elements, as `x.detach()` and those of `stateDict()`, share the array, and `assign` writes to it.
   * A compiled function computes elsewhere: after a call, what was taken before is as before, and `data` another array.
   *
   * @throws {CompileError} while a function is traced, when the value does not exist yet
   * @throws {ValueError} when the buffer was transferred
   */
  get data(): TypedArray {
    const data = this.#read("data");
    const own = ownArray(data);
    if (own !== data) replaceArray(this.storage, own);
    return own;
  }

  /** @internal The elements, in a buffer that may hold those of other tensors: not for users. */
  protected get elements(): TypedArray {
    return this.storage.data === undefined ? this.#read("data") : presentElements(this.size, this.storage.data);
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
    return presentElements(this.size, data);
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
   * @param rank number of axes that the tensor must have, which makes the type precise: `number[][]` for 2
   * @throws {ShapeError} when it has another number of axes
   * @throws {CompileError} while a function is traced, when the value does not exist yet
   * @example
   * const rows: number[][] = ones([2, 3]).toArray(2);
   * rows.map((row) => row.length); // => [3, 3]
   */
  toArray(): NestedNumbers;
  toArray<Rank extends number>(rank: Rank, ...none: []): ArrayOfRank<Rank>;
  toArray(rank = this.ndim, ...none: []): NestedNumbers {
    expectNothing("toArray", none);
    expectRank("toArray", rank, this.shape);
    return nested(this.#read("toArray"), this.shape);
  }

  /**
   * What `JSON.stringify` writes of a tensor: dtype, shape and elements, exactly. `tensor` makes a tensor of it again, and
   * so does `loadStateDict` with the tensors of a state.
   *
   * @param _key where `JSON.stringify` has found it; of no matter
   * @throws {CompileError} while a function is traced, when the value does not exist yet
   * @example
   * const text = JSON.stringify({ w: tensor([1, 0.5, NaN]) });
   * text; // => {"w":{"dtype":"float32","shape":[3],"data":[1,0.5,"NaN"]}}
   * tensor(JSON.parse(text).w).toArray(); // => [1, 0.5, NaN]
   */
  toJSON(_key?: string, ...none: []): TensorJSON {
    expectNothing("toJSON", none);
    return { dtype: this.dtype, shape: [...this.shape], data: jsonElements(this.#read("toJSON")) };
  }

  /** The same elements outside the recorded graph; shares storage. */
  detach(...none: []): Tensor {
    expectNothing("detach", none);
    return this.self()["alias"]();
  }

  /**
   * Marks this leaf as a tensor to differentiate by, or takes the mark away.
   *
   * @throws {DTypeError} for a tensor of integers or bools
   * @throws {GradError} for taking it from the result of a recorded operation: that is `detach()`
   */
  requiresGrad_(flag = true, ...none: []): this {
    expectNothing("requiresGrad_", none);
    expectValue("requiresGrad_", "flag", flag, isFlag);
    if (flag && !isFloat(this.dtype)) {
      throw new DTypeError(`requiresGrad_: expected a float32 or float64 tensor, got ${this.dtype}.`);
    }
    this.requiresGrad = flag;
    return this;
  }

  /** One line: shape, dtype, range, mean, standard deviation, flags and first values. */
  toString(): string {
    return describeTensor(this);
  }

  /**
   * What template strings print. A tensor does not become a number: operators would compare or join what is printed.
   *
   * @throws {ValueError} for `a < b`, `-x`, `Math.max(x)`, which are `a.lt(b)`, `x.neg()`, `x.max()`; and for `a + b`,
   * `x == 1` and `"loss " + x`, which are `a.add(b)`, `x.eq(1)` and a template string
   * @example
   * `loss ${tensor(0.5)}`; // => "loss Tensor [] float32 0.500"
   * tensor(1) < tensor(2); // => ValueError: Tensor: expected a method in place of an operator
   */
  [Symbol.toPrimitive](hint: string): string {
    if (hint === "string") return this.toString();
    throw refuseOperator(this.shape, hint === "number" ? "number" : "default");
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
