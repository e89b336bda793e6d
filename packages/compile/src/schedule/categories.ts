import { attrsOf, type Operation, operationOf, type Value } from "../graph/graph.ts";
import { ValueMap } from "../graph/value-map.ts";
import { operations } from "../operations/operations.ts";

/** How an operation runs: fused into loops, as a product of matrices, or by a kernel of its own. */
export type Category = "elementwise" | "reduction" | "gather" | "scatter" | "positions" | "matmul" | "routine";

/** The categories of the operations of a graph that are not views. */
export class Categories {
  readonly #known = new ValueMap<Category>();
  readonly #canFuse: (operation: Operation) => boolean;

  /** @param canFuse whether the target can fuse an operation */
  constructor(canFuse: (operation: Operation) => boolean) {
    this.#canFuse = canFuse;
  }

  of(operation: Operation): Category {
    const result = operation.outputs[0];
    if (result === undefined) return categoryOf(operation, this.#canFuse);
    let category = this.#known.get(result);
    if (category === undefined) this.#known.set(result, (category = categoryOf(operation, this.#canFuse)));
    return category;
  }
}

function categoryOf(operation: Operation, canFuse: (operation: Operation) => boolean): Category {
  const { inputs, outputs } = operation;
  const { kind } = operations[operation.name];
  if (kind === "check" || inputs.some(isEmpty) || outputs.some(isEmpty)) return "routine";
  if (kind === "positions") return "positions";
  if (!canFuse(operation)) return "routine";
  if (kind === "contraction") return "matmul";
  return kind === "reduction" || kind === "gather" || kind === "scatter" ? kind : "elementwise";
}

function isEmpty({ shape }: Value): boolean {
  return shape.includes(0);
}

/** The axes that an operation's loops run over: those of its output, of its input if it reduces or relabels, of its source if it scatters. */
export function domainOf({ name, inputs, outputs }: Operation): readonly number[] {
  const { kind } = operations[name];
  if (kind === "scatter") return inputs[2]!.shape;
  return (relabels(name) || kind === "reduction" ? inputs[0]! : outputs[0]!).shape;
}

/** Whether an operation gives elements other indices. */
export function relabels(name: Operation["name"]): boolean {
  return operations[name].kind === "movement";
}

/** The axes of more than one element that a reduction folds, or along which a scatter adds. */
export function reducedAxes(operation: Operation): readonly number[] {
  if (operations[operation.name].kind === "scatter") return [attrsOf(operation, "scatterAdd").axis];
  const { shape } = operation.inputs[0]!;
  return attrsOf(operation, operation.name as "sum").axes.filter((axis) => shape[axis] !== 1);
}

/** Whether a value follows from the position alone, so that it has no buffer. */
export function isPositions(value: Value): boolean {
  const operation = operationOf(value);
  return operation !== undefined && operations[operation.name].kind === "positions";
}
