import {
  type AttrsOf,
  CompileError,
  type PrimitiveName,
  sameShape,
  type Spec,
  type Storage,
  Tensor,
  type Tracer,
  withTracer,
} from "@tapegrad/tensor";
import { GraphBuilder } from "../graph/builder.ts";
import { applyPrimitive } from "../graph/decompose.ts";
import type { GradOutput, Graph, Source, Value } from "../graph/graph.ts";
import { withoutDeadCode } from "../graph/dead-code.ts";

/** State that a trace depends on: a plan fits while every guard reads what it read then. */
export interface Guard {
  readonly read: () => unknown;
  readonly value: unknown;
}

/** A leaf whose gradient was read before it was written: whether it had one decides what the function does. */
export interface GradGuard {
  readonly leaf: Tensor;
  readonly present: boolean;
}

/** What one run of a function without values gave. */
export interface Trace {
  readonly graph: Graph;
  readonly guards: readonly Guard[];
  readonly gradGuards: readonly GradGuard[];
}

/** What to trace. */
export interface TraceInput {
  /** The tensors among the arguments. */
  readonly tensors: readonly Tensor[];
  /** Calls the function with others in their place; gives the tensors in its result. */
  readonly call: (tensors: readonly Tensor[]) => { readonly tensors: readonly Tensor[] };
}

/**
 * Runs a function with tensors that have no values and records what it does. Afterwards everything outside is as it
 * was before, but for gradients, which the plan sets when it runs.
 */
export function trace(input: TraceInput): Trace {
  const first = traceOnce(input);
  // A tensor that was made and assigned to may be state that the function keeps: the next run will tell.
  return first.madeState ? traceOnce(input).trace : first.trace;
}

function traceOnce({ tensors, call }: TraceInput): { readonly trace: Trace; readonly madeState: boolean } {
  const recorder = new Recorder();
  const symbols = tensors.map((tensor, index) => recorder.argument(tensor, index));
  try {
    const { tensors: returned } = withTracer(recorder, () => call(symbols));
    const results = returned.map((tensor) => recorder.valueOf(tensor));
    return { trace: recorder.finish(symbols, results), madeState: recorder.madeState };
  } finally {
    recorder.restore();
  }
}

class Recorder implements Tracer {
  readonly #builder = new GraphBuilder();
  /** What each storage holds at this point of the function. */
  readonly #held = new Map<Storage, Value>();
  readonly #symbols = new Set<Storage>();
  readonly #created = new Set<Storage>();
  /** Versions before the trace of the tensors that were assigned to. */
  readonly #versions = new Map<Storage, number>();
  readonly #gradsBefore = new Map<Tensor, Tensor | undefined>();
  readonly #gradGuards = new Map<Tensor, boolean>();
  readonly #gradInputs = new Map<Storage, Tensor>();
  readonly #guards: Guard[] = [];

  /** Whether a tensor was assigned to that the function itself had made. */
  get madeState(): boolean {
    return [...this.#versions.keys()].some((storage) => this.#created.has(storage));
  }

  argument(tensor: Tensor, index: number): Tensor {
    const symbol = this.#symbol(tensor);
    this.#held.set(symbol.storage, this.#builder.input({ kind: "argument", index }, tensor.shape, tensor.dtype));
    return symbol.requiresGrad_(tensor.requiresGrad);
  }

  record<P extends PrimitiveName>(
    name: P,
    inputs: readonly Tensor[],
    attrs: AttrsOf<P>,
    outputs: readonly Spec[],
  ): readonly Tensor[] {
    if (name === "assign") {
      this.#assign(inputs[0] as Tensor, inputs[1] as Tensor);
      return [];
    }
    const values = applyPrimitive(
      this.#builder,
      name as Exclude<P, "assign">,
      inputs.map((input) => this.valueOf(input)),
      attrs as AttrsOf<Exclude<P, "assign">>,
    );
    return outputs.map((spec, i) => {
      const symbol = this.#symbol(spec);
      this.#held.set(symbol.storage, values[i] as Value);
      return symbol;
    });
  }

  create(storage: Storage): void {
    this.#created.add(storage);
  }

  guard(read: () => unknown): void {
    this.#guards.push({ read, value: read() });
  }

  readGrad(leaf: Tensor, grad: Tensor | undefined): void {
    if (this.#gradsBefore.has(leaf) || this.#gradGuards.has(leaf)) return;
    this.#gradGuards.set(leaf, grad !== undefined);
    if (grad !== undefined) this.#gradInputs.set(grad.storage, leaf);
  }

  writeGrad(leaf: Tensor, before: Tensor | undefined): void {
    if (!this.#gradsBefore.has(leaf)) this.#gradsBefore.set(leaf, before);
  }

  /** What a tensor holds at this point. */
  valueOf(tensor: Tensor): Value {
    const { storage } = tensor;
    let value = this.#held.get(storage);
    if (value === undefined) {
      value = this.#capture(tensor);
      this.#held.set(storage, value);
    }
    return sameShape(value.shape, tensor.shape)
      ? value
      : this.#builder.apply("reshape", [value], { shape: tensor.shape });
  }

  finish(symbols: readonly Tensor[], results: readonly Value[]): Trace {
    const updates = new Map<Storage, Value>();
    for (const storage of this.#versions.keys()) {
      if (!this.#created.has(storage)) updates.set(storage, this.#held.get(storage) as Value);
    }
    const grads: GradOutput[] = [];
    for (const leaf of this.#gradsBefore.keys()) {
      if (symbols.includes(leaf)) continue;
      if (this.#symbols.has(leaf.storage)) continue;
      grads.push({ leaf, value: leaf.grad === undefined ? undefined : this.valueOf(leaf.grad) });
    }
    const argumentGrads = symbols.flatMap((symbol, argument) =>
      this.#gradsBefore.has(symbol)
        ? [{ argument, value: symbol.grad === undefined ? undefined : this.valueOf(symbol.grad) }]
        : [],
    );
    const { operations } = this.#builder;
    return {
      graph: withoutDeadCode({ operations, results, updates, grads, argumentGrads }),
      guards: distinct(this.#guards),
      gradGuards: [...this.#gradGuards]
        .filter(([leaf]) => !this.#symbols.has(leaf.storage))
        .map(([leaf, present]) => ({ leaf, present })),
    };
  }

  /** Puts back the gradients and versions that the traced run has changed. */
  restore(): void {
    for (const [leaf, grad] of this.#gradsBefore) leaf.grad = grad;
    for (const [storage, version] of this.#versions) storage.version = version;
  }

  #symbol({ shape, dtype }: Spec): Tensor {
    const storage: Storage = { dtype, data: undefined, version: 0 };
    this.#symbols.add(storage);
    return new Tensor(storage, shape);
  }

  #capture({ storage, shape, dtype }: Tensor): Value {
    if (storage.data === undefined) {
      throw new CompileError(
        `compile: expected tensors of this call, got one of shape [${shape.join(", ")}] that an earlier trace left behind. ` +
          "Return it from that function, or compute it again here.",
      );
    }
    if (this.#created.has(storage)) return this.#builder.constant(storage.data, shape, dtype);
    const leaf = this.#gradInputs.get(storage);
    const source: Source = leaf === undefined ? { kind: "state", storage } : { kind: "grad", leaf };
    return this.#builder.input(source, shape, dtype);
  }

  #assign(target: Tensor, value: Tensor): void {
    const { storage } = target;
    if (this.#symbols.has(storage)) {
      throw new CompileError(
        `assign: expected a tensor from outside as target, got one of shape [${target.shape.join(", ")}] made in the ` +
          "compiled function. Use the new value instead.",
      );
    }
    const before = this.#held.get(storage);
    const shape = before?.shape ?? target.shape;
    const assigned = this.valueOf(value);
    this.#held.set(
      storage,
      sameShape(assigned.shape, shape) ? assigned : this.#builder.apply("reshape", [assigned], { shape }),
    );
    if (!this.#versions.has(storage)) this.#versions.set(storage, storage.version);
    storage.version++;
  }
}

/** The guards without repetitions of one reader. */
function distinct(guards: readonly Guard[]): Guard[] {
  return [...new Map(guards.map((guard) => [guard.read, guard])).values()];
}
