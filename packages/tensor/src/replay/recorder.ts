import type { AttrsOf, PrimitiveName } from "../primitives/primitive.ts";
import { sameShape } from "../shape.ts";
import type { Spec, Storage } from "../storage.ts";
import type { Cell } from "../tensor/cell.ts";
import { NullTracer, symbolicTensor } from "../tensor/null-tracer.ts";
import { Tensor } from "../tensor/tensor.ts";
import type { Instruction, RecordedValue, Recording, ValueId } from "./recording.ts";

/** Writes down what a function does to tensors; nothing is computed and nothing changes. */
export class Recorder extends NullTracer {
  readonly #values: RecordedValue[] = [];
  readonly #instructions: Instruction[] = [];
  readonly #cells = new Map<Cell<unknown>, unknown>();
  /** What symbolic tensors stand for, and what was assigned to others. */
  readonly #known = new Map<Storage, ValueId>();
  readonly #inputs = new Map<Tensor, ValueId>();
  readonly #gradients = new Map<Tensor, Tensor>();
  #isComplete = true;

  /** The recording; undefined if the function did what cannot be done again from it. */
  get recording(): Recording | undefined {
    if (!this.#isComplete) return undefined;
    return { values: this.#values, instructions: this.#instructions, cells: this.#cells };
  }

  /** What stands for an argument of the function. */
  argument(spec: Spec, index: number): Tensor {
    return this.#symbol({ ...spec, source: { kind: "argument", index } }).tensor;
  }

  override record<P extends PrimitiveName>(
    name: P,
    inputs: readonly Tensor[],
    attrs: AttrsOf<P>,
    outputs: readonly Spec[],
  ): readonly Tensor[] {
    const [first, second] = inputs as readonly [Tensor, Tensor];
    if (name === "assign") {
      const value = this.idOf(second);
      this.#instructions.push({ kind: "assignment", target: first, value });
      this.#known.set(first.storage, value);
      return [];
    }
    // The same elements, whatever will be assigned to them.
    if (name === "reshape" && first.storage.data !== undefined) return [new Tensor(first.storage, outputs[0]!.shape)];
    const ids = inputs.map((input) => this.idOf(input));
    const results = outputs.map((spec) => this.#symbol(spec));
    this.#instructions.push({ kind: "application", name, inputs: ids, attrs, outputs: results.map(({ id }) => id) });
    return results.map(({ tensor }) => tensor);
  }

  override readGrad(leaf: Tensor, grad: Tensor | undefined): Tensor | undefined {
    if (grad === undefined) {
      this.#isComplete = false;
      return undefined;
    }
    let symbol = this.#gradients.get(leaf);
    if (symbol === undefined) {
      symbol = this.#symbol({ shape: grad.shape, dtype: grad.dtype, source: { kind: "gradient", leaf } }).tensor;
      this.#gradients.set(leaf, symbol);
    }
    return symbol;
  }

  override readCell(cell: Cell<unknown>, value: unknown): void {
    if (!this.#cells.has(cell)) this.#cells.set(cell, value);
  }

  override writeCell(): void {
    this.#isComplete = false;
  }

  override writeGrad(): void {
    this.#isComplete = false;
  }

  override readData(): void {
    this.#isComplete = false;
  }

  override check(): void {
    this.#isComplete = false;
  }

  override convert(): void {
    this.#isComplete = false;
  }

  override afterRun(): void {
    this.#isComplete = false;
  }

  /** A tensor without elements for a new value. */
  #symbol(value: RecordedValue): { readonly tensor: Tensor; readonly id: ValueId } {
    const tensor = symbolicTensor(value);
    const id = this.#values.push(value) - 1;
    this.#known.set(tensor.storage, id);
    return { tensor, id };
  }

  /** The value that a tensor has at this point. */
  idOf(tensor: Tensor): ValueId {
    const { storage, shape, dtype } = tensor;
    const known = this.#known.get(storage);
    if (known !== undefined) {
      // What was assigned is read in another shape.
      if (!sameShape(this.#values[known]!.shape, shape)) this.#isComplete = false;
      return known;
    }
    let id = this.#inputs.get(tensor);
    if (id === undefined) {
      if (storage.data === undefined) this.#isComplete = false;
      id = this.#values.push({ shape, dtype, source: { kind: "tensor", tensor } }) - 1;
      this.#inputs.set(tensor, id);
    }
    return id;
  }
}
