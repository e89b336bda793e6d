import { type DType, type Shape } from "@tapegrad/tensor";
import { type PrimitiveName, sizeOf, type Spec } from "@tapegrad/tensor/internal";
import { type InputSpec, inferStep, type Program, type Step } from "./program.ts";

/** A value of the program that is being built, and the range that its elements lie in. */
export interface Known extends Spec {
  readonly name: string;
  readonly low: number;
  readonly high: number;
}

/** Choices that decide a program; smaller numbers make simpler ones. */
export interface Choices {
  readonly double: boolean;
  readonly empty: boolean;
  readonly inputs: readonly (readonly number[])[];
  readonly steps: readonly (readonly number[])[];
  readonly ending: readonly number[];
}

const extents = [2, 3, 1, 4, 5, 8, 7, 1, 6, 9, 13, 16, 17, 33, 70, 129, 300];
const largest = 6000;

/** A step would give more elements than the check has time for: it is left out. */
export class TooLarge extends Error {}

/** Builds a program from choices: steps find operands that fit, and bring them into the range that they need. */
export class ProgramBuilder {
  readonly inputs: InputSpec[] = [];
  readonly steps: Step[] = [];
  readonly known: Known[] = [];
  readonly dtype: "float32" | "float64";
  readonly #empty: boolean;
  #picks: readonly number[] = [];
  #at = 0;
  #names = 0;

  constructor(double: boolean, empty: boolean) {
    this.dtype = double ? "float64" : "float32";
    this.#empty = empty;
  }

  /** Takes the following choices from here. */
  choose(picks: readonly number[]): void {
    this.#picks = picks;
    this.#at = 0;
  }

  /** The next choice: a whole number below `n`. */
  pick(n: number): number {
    const next = this.#picks[this.#at++ % Math.max(1, this.#picks.length)] ?? 0;
    // A list that was used up starts again, with other numbers.
    const lap = Math.floor((this.#at - 1) / Math.max(1, this.#picks.length));
    return n <= 1 ? 0 : (next + lap * 7) % n;
  }

  one<T>(values: readonly T[]): T {
    return values[this.pick(values.length)] as T;
  }

  extent(): number {
    return this.#empty && this.pick(4) === 3 ? 0 : this.one(extents);
  }

  shape(ndim: number = this.one([2, 1, 3, 0, 4])): number[] {
    const shape = Array.from({ length: ndim }, () => this.extent());
    while (sizeOf(shape) > 1500) {
      const most = shape.indexOf(Math.max(...shape));
      shape[most] = 2;
    }
    return shape;
  }

  /** A new tensor from outside. */
  fresh(shape: Shape, dtype: DType = this.dtype, domain?: readonly [number, number]): Known {
    const [low, high] = domain ?? (dtype === "int32" ? [-4, 4] : dtype === "bool" ? [0, 1] : [-2, 2]);
    const isFloating = dtype === "float32" || dtype === "float64";
    const name = `${dtype === "bool" ? "b" : dtype === "int32" ? "i" : "x"}${this.inputs.length}`;
    const source = this.pick(2) === 0 ? "argument" : "captured";
    const grad = isFloating && this.pick(3) !== 2;
    this.inputs.push({ name, source, shape: [...shape], dtype, domain: [low, high], coarse: this.pick(4) === 3, grad });
    return this.#add({ name, shape: [...shape], dtype, low, high });
  }

  /** A value that fits, the latest first; otherwise a new one. */
  value(fits: (value: Known) => boolean, otherwise: () => Known): Known {
    const found = this.known.filter(fits).reverse();
    return found.length === 0 ? otherwise() : this.one(found);
  }

  /** A floating value of this program within a range. */
  float(low = -30, high = 30, fits: (value: Known) => boolean = () => true): Known {
    const found = this.value(
      (value) => value.dtype === this.dtype && fits(value),
      () => this.fresh(this.shape()),
    );
    return this.within(found, low, high);
  }

  /** A value of this shape. */
  ofShape(shape: Shape, dtype: DType, low: number, high: number): Known {
    const found = this.value(
      (value) =>
        value.dtype === dtype &&
        value.shape.join() === shape.join() &&
        (dtype !== "int32" || (value.low >= low && value.high <= high)),
      () => this.fresh(shape, dtype, dtype === "int32" ? [low, high] : undefined),
    );
    return dtype === "int32" || dtype === "bool" ? found : this.within(found, low, high);
  }

  /** The value itself, or squashed and moved into the range. */
  within(value: Known, low: number, high: number): Known {
    if (value.low >= low && value.high <= high) return value;
    const squash = this.one(["tanh", "sin", "sigmoid"] as const);
    const wide = Math.abs(value.low) > 100 || Math.abs(value.high) > 100;
    const squashed = this.emit(
      wide && squash === "sin" ? "tanh" : squash,
      [value],
      {},
      squash === "sigmoid" ? [0, 1] : [-1, 1],
    );
    if (squashed.low >= low && squashed.high <= high) return squashed;
    const reach = Math.min(high, low + 4) - low;
    const factor = reach / (squashed.high - squashed.low);
    const scaled = this.emit("mul", [squashed, this.constant(factor, value.dtype)], {}, [
      squashed.low * factor,
      squashed.high * factor,
    ]);
    return this.emit("add", [scaled, this.constant(low - scaled.low, value.dtype)], {}, [low, low + reach]);
  }

  /** A constant of no axes. */
  constant(value: number, dtype: DType): Known {
    return this.constants([value], [], dtype);
  }

  constants(data: readonly number[], shape: Shape, dtype: DType): Known {
    const output = `c${this.#names++}`;
    this.steps.push({ kind: "constant", output, shape: [...shape], dtype, data });
    return this.#add({ name: output, shape: [...shape], dtype, low: Math.min(...data), high: Math.max(...data) });
  }

  random(how: "rand" | "randn" | "randint", shape: Shape): Known {
    const output = `r${this.#names++}`;
    const dtype = how === "randint" ? "int32" : this.dtype;
    this.steps.push({ kind: "random", how, output, shape: [...shape], dtype });
    const [low, high] = how === "rand" ? [0, 1] : how === "randn" ? [-9, 9] : [0, 6];
    return this.#add({ name: output, shape: [...shape], dtype, low, high });
  }

  detach(input: Known): Known {
    const output = `d${this.#names++}`;
    this.steps.push({ kind: "detach", input: input.name, output });
    return this.#add({ ...input, name: output });
  }

  /** Applies a primitive whose outputs lie in this range. */
  emit(name: PrimitiveName, inputs: readonly Known[], attrs: object, range: readonly [number, number]): Known {
    return this.emitAll(name, inputs, attrs, [range])[0]!;
  }

  emitAll(
    name: PrimitiveName,
    inputs: readonly Known[],
    attrs: object,
    ranges: readonly (readonly [number, number])[],
  ): Known[] {
    const specs = inferStep(name, inputs, attrs);
    if (specs.some(({ shape }) => sizeOf(shape) > largest)) throw new TooLarge();
    const outputs = specs.map(() => `v${this.#names++}`);
    this.steps.push({ kind: "apply", name, inputs: inputs.map((input) => input.name), attrs, outputs });
    return specs.map(({ shape, dtype }, i) => {
      const [low, high] = ranges[i] as [number, number];
      return this.#add({ name: outputs[i]!, shape, dtype, low, high });
    });
  }

  /** Expects the elements of a value within a range. */
  check({ name }: Known, within: readonly [number, number]): void {
    this.steps.push({ kind: "check", input: name, within });
  }

  assign(target: Known, value: Known): void {
    this.steps.push({ kind: "assign", target: target.name, value: value.name });
  }

  /** The program, which returns what nothing else uses, and some of the rest. */
  finish(): Program {
    const used = new Set(
      this.steps.flatMap((step) =>
        step.kind === "apply"
          ? step.inputs
          : step.kind === "assign"
            ? [step.value]
            : step.kind === "detach"
              ? [step.input]
              : [],
      ),
    );
    const made = this.known.filter(({ name }) => !this.inputs.some((input) => input.name === name));
    const results = made.filter(({ name }) => !used.has(name) && !name.startsWith("c")).map(({ name }) => name);
    for (const { name } of made) if (used.has(name) && this.pick(6) === 5) results.push(name);
    if (results.length === 0) results.push(...this.known.slice(-1).map(({ name }) => name));
    const updates = this.#updates();
    return {
      dtype: this.dtype,
      inputs: this.inputs,
      steps: this.steps,
      results,
      updates,
      zeroGrad: this.pick(2) === 0,
      separate: this.pick(3) === 2,
    };
  }

  #updates(): { target: string; value: string }[] {
    return this.inputs.flatMap(({ name, source, shape, dtype }) => {
      if (source === "argument" || this.pick(3) !== 2) return [];
      const fits = this.known.filter(
        (other) => other.name !== name && other.dtype === dtype && other.shape.join() === shape.join(),
      );
      return fits.length === 0 ? [] : [{ target: name, value: this.one(fits).name }];
    });
  }

  #add(value: Known): Known {
    this.known.push(value);
    return value;
  }
}
