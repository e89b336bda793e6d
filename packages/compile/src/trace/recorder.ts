import { type CompileError, Tensor } from "@tapegrad/tensor";
import {
  type AttrsOf,
  type Cell,
  type Expectation,
  GradNode,
  gradMode,
  type PrimitiveName,
  type Spec,
  type Storage,
  symbolicTensor,
  type Tracer,
  withTracer,
} from "@tapegrad/tensor/internal";
import type { GradOutput, Value } from "../graph/graph.ts";
import { GraphRecorder } from "../graph/recorder.ts";
import type { Captured } from "./dependencies.ts";
import type { Trace, TraceInput } from "./trace.ts";
import { expectNoneRetained, expectUnhooked } from "./expect-unhooked.ts";
import * as refusals from "./refusals.ts";
import { Variables } from "./variables.ts";
import { WatchedFields } from "./watched-fields.ts";
import { mapped } from "../mapped.ts";

/** Records one run of a function. */
export class Recorder implements Tracer {
  readonly symbolic = true;
  readonly #graph = new GraphRecorder();
  /** What each storage holds at this point of the function. */
  readonly #held = new Map<Storage, Value>();
  readonly #symbols = new Set<Storage>();
  readonly #created = new Set<Storage>();
  /** Versions before the trace of the tensors that were assigned to. */
  readonly #versions = new Map<Storage, number>();
  readonly #grads = new Variables<Tensor, Tensor | undefined>();
  /** What stands for the gradients that leaves have before the call: each call may find other tensors there. */
  readonly #gradInputs = new Map<Tensor, Tensor>();
  readonly #cells = new Variables<Cell<unknown>, unknown>();
  /** Whether gradients flow to tensors. */
  readonly #flags = new Variables<Tensor, boolean>();
  readonly #dataGuards = new Map<Storage, number>();
  /** The objects whose fields it depends on. */
  readonly fields: WatchedFields = new WatchedFields();
  readonly #effects: (() => void)[] = [];
  /** Tensors that change when the run is over. */
  readonly #stale = new Set<Storage>();
  readonly #captured = new Map<Tensor, Captured>();
  readonly #arguments = new Map<Storage, number>();
  /** Leaves that the function may only reach as arguments, and those that it captured. */
  readonly #leaves = new Set<Tensor>();
  readonly #capturedLeaves = new Set<Tensor>();
  /** Nodes of the tape from before the trace have lower numbers. */
  readonly #start = new GradNode("trace", [], [], {}).sequence;

  /** Records one run of the function. */
  run({ tensors, withGrad, call }: TraceInput): Trace {
    const symbols = tensors.map((tensor, index) => this.argument(tensor, index));
    let index = tensors.length;
    tensors.forEach((tensor, i) => {
      if (withGrad.has(tensor)) symbols[i]!.grad = this.argument(tensor.grad as Tensor, index++);
    });
    try {
      const { tensors: returned } = withTracer(this, () => call(symbols));
      expectNoneRetained(returned.filter((tensor) => this.#isInner(tensor)));
      const results = returned.map((tensor) => this.valueOf(tensor));
      return this.finish(tensors, symbols, results);
    } finally {
      this.restore();
    }
  }

  /** Whether a tensor was assigned to that the function itself had made. */
  get createdState(): boolean {
    return [...this.#versions.keys()].some((storage) => this.#created.has(storage));
  }

  argument(tensor: Tensor, index: number): Tensor {
    const symbol = this.#symbol(tensor);
    this.#arguments.set(symbol.storage, index);
    if (tensor.requiresGrad) this.#leaves.add(tensor);
    this.#held.set(symbol.storage, this.#graph.input({ kind: "argument", index }, tensor.shape, tensor.dtype));
    return symbol.requiresGrad_(tensor.requiresGrad);
  }

  record<P extends PrimitiveName>(
    name: P,
    inputs: readonly Tensor[],
    attrs: AttrsOf<P>,
    outputs: readonly Spec[],
  ): readonly Tensor[] {
    inputs.forEach((input) => this.#see(input));
    if (name === "assign") {
      this.#assign(inputs[0]!, inputs[1]!);
      return [];
    }
    // As in eager, the storage is shared.
    if (name === "reshape") return outputs.map(({ shape }) => new Tensor(inputs[0]!.storage, shape));
    const values = this.#graph.record<Exclude<PrimitiveName, "assign">>(
      name,
      mapped(inputs, (input) => this.valueOf(input)),
      attrs,
      outputs,
    );
    return mapped(outputs, (spec, i) => {
      const symbol = this.#symbol(spec);
      this.#held.set(symbol.storage, values[i]!);
      return symbol;
    });
  }

  check(x: Tensor, expectation: Expectation): void {
    this.#see(x);
    this.#graph.record("check", [this.valueOf(x)], expectation, []);
  }

  create(storage: Storage): void {
    this.#created.add(storage);
  }

  readData(storage: Storage, fn: string): void {
    if (this.#stale.has(storage)) throw refusals.usedTooLate(fn);
    if (this.#versions.has(storage)) {
      throw refusals.assignedBefore(fn);
    }
    // The value is part of the trace: another one needs another trace.
    if (!this.#created.has(storage)) this.#dataGuards.set(storage, storage.version);
  }

  convert(storage: Storage): void {
    if (!this.#held.has(storage)) return;
    throw refusals.usedBefore();
  }

  readFields(object: object): boolean {
    return this.fields.watch(object);
  }

  readCell(cell: Cell<unknown>, value: unknown): void {
    this.#cells.read(cell, value);
  }

  writeCell(cell: Cell<unknown>, value: unknown): void {
    this.#cells.write(cell, value);
  }

  afterRun(changed: readonly Storage[], effect: () => void): void {
    for (const storage of changed) this.#stale.add(storage);
    this.#effects.push(effect);
  }

  readRequiresGrad(tensor: Tensor, flag: boolean): void {
    if (this.#isOutsideLeaf(tensor)) this.#flags.read(tensor, flag);
  }

  writeRequiresGrad(tensor: Tensor, flag: boolean): void {
    if (this.#isOutsideLeaf(tensor)) this.#flags.write(tensor, flag);
  }

  #isOutsideLeaf({ storage, node }: Tensor): boolean {
    return node === undefined && !this.#isOwn(storage);
  }

  /** Whether a tensor is one of this trace alone, or computed in it, such as a captured one in another shape. */
  #isInner({ storage, node }: Tensor): boolean {
    return this.#symbols.has(storage) || (node !== undefined && node.sequence > this.#start);
  }

  /** Whether elements exist in this trace alone: those of arguments, results and what the function made. */
  #isOwn(storage: Storage): boolean {
    return this.#symbols.has(storage) || this.#created.has(storage);
  }

  readGrad(leaf: Tensor, grad: Tensor | undefined): Tensor | undefined {
    // An argument's is an argument too.
    if (this.#grads.before.has(leaf) || this.#isInner(leaf)) return grad;
    this.#grads.read(leaf, grad);
    if (grad === undefined) return undefined;
    let symbol = this.#gradInputs.get(leaf);
    if (symbol === undefined) {
      symbol = this.#symbol(grad).requiresGrad_(grad.requiresGrad);
      this.#held.set(symbol.storage, this.#graph.input({ kind: "grad", leaf }, grad.shape, grad.dtype));
      this.#gradInputs.set(leaf, symbol);
    }
    return symbol;
  }

  writeGrad(leaf: Tensor, before: Tensor | undefined): void {
    this.#grads.write(leaf, before);
  }

  /** What a tensor holds at this point. */
  valueOf(tensor: Tensor): Value {
    const { storage } = tensor;
    if (this.#stale.has(storage)) throw refusals.usedTooLate("compile");
    let value = this.#held.get(storage);
    if (value === undefined) {
      value = this.#capture(tensor);
      this.#held.set(storage, value);
    }
    return this.#graph.reshape(value, tensor.shape);
  }

  /** What a tensor holds from here on, and whatever shares its elements. */
  hold({ storage }: Tensor, value: Value): void {
    this.#held.set(storage, value);
  }

  finish(tensors: readonly Tensor[], symbols: readonly Tensor[], results: readonly Value[]): Trace {
    const updates = new Map<Storage, Value>();
    for (const storage of this.#versions.keys()) {
      if (!this.#created.has(storage)) updates.set(storage, this.#held.get(storage)!);
    }
    const grads: GradOutput[] = [];
    for (const leaf of this.#grads.before.keys()) {
      if (this.#isInner(leaf)) continue;
      grads.push({ leaf, value: leaf.grad === undefined ? undefined : this.valueOf(leaf.grad) });
    }
    const argumentGrads = symbols.flatMap((symbol, argument) =>
      this.#grads.before.has(symbol)
        ? [{ argument, value: symbol.grad === undefined ? undefined : this.valueOf(symbol.grad) }]
        : [],
    );
    const changed = new Set([...updates.keys(), ...this.#stale]);
    for (const [index, { storage, shape }] of tensors.entries()) {
      if (changed.has(storage)) throw refusals.sharedArgument(index, shape);
    }
    expectUnhooked(symbols);
    const { operations, nextId } = this.#graph;
    return {
      graph: { operations, results, updates, grads, argumentGrads, nextId },
      cellGuards: [...this.#cells.guards],
      fieldGuards: this.fields.guards,
      placeGuards: this.fields.placesOf([...this.#captured.keys()]),
      dataGuards: [...this.#dataGuards],
      gradGuards: [...this.#grads.guards].map(([leaf, grad]) => ({ leaf, present: grad !== undefined })),
      flagGuards: [...this.#flags.guards],
      flagWrites: this.#flags.written(({ requiresGrad }) => requiresGrad),
      argumentFlags: symbols.flatMap(({ requiresGrad }, i) =>
        requiresGrad === tensors[i]!.requiresGrad ? [] : [[i, requiresGrad] as const],
      ),
      captured: [...this.#captured.values()],
      leaves: this.#capturedLeaves,
      changed,
      cellWrites: this.#cells.written((cell) => cell.get()),
      effects: this.#effects,
    };
  }

  /** Remembers what a captured tensor is like. */
  #see(tensor: Tensor): void {
    const { storage, node, dtype, requiresGrad, shape } = tensor;
    if (this.#isOwn(storage) || this.#captured.has(tensor)) return;
    const isRecorded = node !== undefined && node.sequence < this.#start;
    if (isRecorded && gradMode.enabled) throw refusals.recordedCapture(node.name, shape);
    if (requiresGrad && this.#leaves.has(tensor)) throw refusals.capturedArgument(shape);
    if (requiresGrad) this.#capturedLeaves.add(tensor);
    this.#captured.set(tensor, { tensor, dtype });
  }

  /** Puts back the gradients, versions and cells that the traced run has changed. */
  restore(): void {
    for (const [cell, value] of this.#cells.before) cell.set(value);
    for (const [leaf, grad] of this.#grads.before) leaf.grad = grad;
    for (const [tensor, flag] of this.#flags.before) tensor.requiresGrad = flag;
    for (const [storage, version] of this.#versions) storage.version = version;
  }

  #symbol(spec: Spec): Tensor {
    const symbol = symbolicTensor(spec);
    this.#symbols.add(symbol.storage);
    return symbol;
  }

  #capture(tensor: Tensor): Value {
    const { storage, shape, dtype } = tensor;
    if (storage.data === undefined) {
      throw refusals.leftBehind(shape);
    }
    const elements = tensor["elements"];
    if (this.#created.has(storage)) return this.#graph.constant(elements, shape, dtype);
    return this.#graph.input({ kind: "state", storage }, shape, dtype);
  }

  #assign(target: Tensor, value: Tensor): void {
    const { storage, shape: wanted } = target;
    if (this.#symbols.has(storage) || (storage.data === undefined && !this.#created.has(storage))) {
      throw this.#refusedTarget(target);
    }
    const shape = this.#held.get(storage)?.shape ?? wanted;
    this.#held.set(storage, this.#graph.reshape(this.valueOf(value), shape));
    if (!this.#versions.has(storage)) this.#versions.set(storage, storage.version);
    storage.version++;
  }

  #refusedTarget({ storage, shape }: Tensor): CompileError {
    const isGrad = [...this.#gradInputs.values()].some((grad) => grad.storage === storage);
    const made = this.#symbols.has(storage) ? "it" : "another trace";
    return refusals.refusedTarget(shape, this.#arguments.get(storage) ?? (isGrad ? "gradient" : made));
  }
}
