import { noGrad } from "@tapegrad/autograd";
import { operationFlops } from "@tapegrad/compile/internal";
import type { AnyModule, Module } from "@tapegrad/nn";
import type { DType, Tensor } from "@tapegrad/tensor";
import {
  type AttrsOf,
  type Cell,
  dtypes,
  NullTracer,
  type PrimitiveName,
  type Spec,
  symbolicTensor,
  withTracer,
} from "@tapegrad/tensor/internal";
import { tensorsIn } from "../training/tensors-in.ts";

/** What one module did while the network ran once. */
export interface ModuleTrace {
  /** How often its `forward` ran. */
  calls: number;
  /** Shapes of the tensors that it gave last. */
  outputShapes: readonly (readonly number[])[];
  /** Floating-point operations, those of the modules inside included. */
  flops: number;
  /** Bytes of all that was computed, intermediate values and the modules inside included. */
  bytes: number;
}

/** What goes into a network. */
export interface InputSpec {
  readonly shape: readonly number[];
  readonly dtype: DType;
}

/** Counts what is computed, for each of the modules that run; nothing is computed, and nothing changes. */
class CountingTracer extends NullTracer {
  readonly traces: ReadonlyMap<AnyModule, ModuleTrace>;
  readonly #running: AnyModule[] = [];
  readonly #cells = new Map<Cell<unknown>, unknown>();

  constructor(modules: readonly AnyModule[]) {
    super();
    this.traces = new Map(modules.map((module) => [module, { calls: 0, outputShapes: [], flops: 0, bytes: 0 }]));
  }

  enter(module: AnyModule): void {
    this.#running.push(module);
  }

  leave(module: AnyModule, output: unknown): void {
    this.#running.pop();
    const trace = this.traces.get(module)!;
    trace.calls++;
    trace.outputShapes = tensorsIn(output).map(({ shape }) => shape);
  }

  override record<P extends PrimitiveName>(
    name: P,
    inputs: readonly Tensor[],
    attrs: AttrsOf<P>,
    outputs: readonly Spec[],
  ): readonly Tensor[] {
    if (name !== "assign") {
      const flops = operationFlops({ name, inputs, attrs, outputs });
      // A reshaped tensor shares its elements.
      const bytes = name === "reshape" ? 0 : outputs.reduce((sum, output) => sum + bytesOf(output), 0);
      for (const module of new Set(this.#running)) {
        const trace = this.traces.get(module)!;
        trace.flops += flops;
        trace.bytes += bytes;
      }
    }
    return super.record(name, inputs, attrs, outputs);
  }

  override writeCell(cell: Cell<unknown>, value: unknown): void {
    if (!this.#cells.has(cell)) this.#cells.set(cell, value);
  }

  /** Gives the cells that were written what they held before. */
  restore(): void {
    for (const [cell, value] of this.#cells) cell.set(value);
  }
}

/**
 * Runs a network once in evaluation mode on tensors without values. Mode, buffers and generators are afterwards what they
 * were, also when it throws.
 *
 * @param net what to run
 * @param modules `net` and all inside
 */
export function traceModules(
  net: AnyModule,
  modules: readonly AnyModule[],
  inputs: readonly InputSpec[],
): ReadonlyMap<AnyModule, ModuleTrace> {
  const tracer = new CountingTracer(modules);
  const hooks = modules.flatMap((module) => [
    module.registerForwardPreHook((running) => tracer.enter(running)),
    module.registerForwardHook((running, _inputs, output) => tracer.leave(running, output)),
  ]);
  try {
    withTracer(tracer, () => noGrad(() => run(net.eval(), inputs)));
  } finally {
    for (const hook of hooks) hook.remove();
    tracer.restore();
  }
  return tracer.traces;
}

function run(net: Module<readonly Tensor[], unknown>, inputs: readonly InputSpec[]): void {
  net.forward(...inputs.map(symbolicTensor));
}

/** Bytes of all elements. */
export function bytesOf({ shape, dtype }: Spec): number {
  return shape.reduce((product, extent) => product * extent, dtypes[dtype].bytes);
}
