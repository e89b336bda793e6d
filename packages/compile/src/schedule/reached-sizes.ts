import { sizeOf } from "@tapegrad/tensor/internal";
import type { Graph } from "../graph/graph.ts";
import { ValueMap } from "../graph/value-map.ts";
import type { Categories } from "./categories.ts";
import { isView, type Views } from "./view.ts";

/** For each value the elements of the largest one that elementwise operations and views alone make of it and others. */
export function reachedSizes(
  { operations }: Graph,
  views: Views,
  categories: Categories,
): Pick<ValueMap<number>, "get"> {
  const reached = new ValueMap<number>();
  for (let i = operations.length - 1; i >= 0; i--) {
    const operation = operations[i]!;
    const result = operation.outputs[0];
    if (result === undefined) continue;
    const passes = isView(views, result);
    if (!passes && categories.of(operation) !== "elementwise") continue;
    const size = Math.max(reached.get(result) ?? 0, passes ? 0 : sizeOf(result.shape));
    for (let k = 0; k < operation.inputs.length; k++) {
      const input = operation.inputs[k]!;
      if (size > (reached.get(input) ?? 0)) reached.set(input, size);
    }
  }
  return reached;
}
