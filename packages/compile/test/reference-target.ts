import { type Tensor, type TypedArray } from "@tapegrad/tensor";
import { allocate, fromData, type LazyGrad, sizeOf } from "@tapegrad/tensor/internal";
import type { Value } from "../src/graph/graph.ts";
import { rebuild } from "../src/graph/rebuild.ts";
import { definitionOf } from "../src/operations/definition.ts";
import { runReference } from "../src/schedule/run-reference.ts";
import type { Schedule } from "../src/schedule/schedule.ts";
import type { PlanSummary } from "../src/summary/plan-summary.ts";
import type { Executable, Target } from "../src/target.ts";

/** A target that fuses nothing and runs every kernel by the reference of its operation: no code, no device. */
export const referenceTarget: Target = {
  lower: (graph) => rebuild(graph, (builder, { name, attrs }, inputs) => builder.applyAll(name, inputs, attrs)),
  canFuse: () => false,
  build: (schedule) => new Interpreter(schedule),
};

class Interpreter implements Executable {
  readonly #schedule: Schedule;

  constructor(schedule: Schedule) {
    this.#schedule = schedule;
  }

  get summary(): PlanSummary {
    throw new Error("Interpreter: has no summary.");
  }

  call(tensors: readonly Tensor[]): Tensor[] {
    const { graph, kernels, views } = this.#schedule;
    const arrays = new Map<Value, TypedArray>();
    const arrayOf = (value: Value): TypedArray => {
      let array = arrays.get(value);
      if (array === undefined) arrays.set(value, (array = elements(value, tensors)));
      return array;
    };
    for (const kernel of kernels) {
      if (kernel.kind !== "routine") throw new Error(`Interpreter: got a ${kernel.kind} kernel.`);
      runReference(kernel, arrayOf);
    }
    const read = (value: Value): TypedArray => arrayOf(views.of(value).base).slice();
    const results = graph.results.map((value) => fromData(read(value), value.shape, value.dtype));
    const grads = graph.grads.map(({ leaf, value }) => [leaf, value] as const);
    const argumentGrads = graph.argumentGrads.map(({ argument, value }) => [tensors[argument]!, value] as const);
    const gradients = [...grads, ...argumentGrads].map(
      ([leaf, value]) => [leaf, value && fromData(read(value), value.shape, value.dtype)] as const,
    );
    const updates = [...graph.updates].map(([storage, value]) => [storage, read(value)] as const);
    for (const [storage, data] of updates) {
      (storage.data as TypedArray).set(data);
      storage.version++;
    }
    for (const [leaf, gradient] of gradients) leaf["rawGrad"] = gradient;
    return results;
  }

  free(): void {}
}

/** What a value holds before kernels run; positions are computed, what kernels compute is empty. */
function elements({ from, shape, dtype }: Value, tensors: readonly Tensor[]): TypedArray {
  switch (from.kind) {
    case "argument":
      return tensors[from.index]!.data;
    case "state":
      return (from.storage.data as TypedArray).slice();
    case "grad":
      return (from.leaf["rawGrad"] as Tensor | LazyGrad).data;
    case "constant":
      return from.data;
    case "operation":
      return from.inputs.length > 0
        ? allocate(dtype, sizeOf(shape))
        : definitionOf(from.name).evaluate([], from.attrs, from.outputs)[0]!;
  }
}
