import type { Operations } from "../operations/operation.ts";
import { operations } from "../operations/operations.ts";
import type { GraphOps } from "./algebra.ts";
import { operationOf, type Value } from "./graph.ts";

/**
 * Windows of equal elements each, folded: every place adds up one element of each window that covers it, as if the windows
 * were seen from the other side. So are the gradients of means over windows that move by one.
 */
export function foldRepeated(
  builder: GraphOps,
  y: Value,
  { axes, size, stride, dilation, shape }: Operations["foldWindows"],
): Value | undefined {
  if (axes.length === 0 || size.every((n) => n === 1) || stride.some((step) => step !== 1)) return undefined;
  const inner = axes.map((_, k) => shape.length + k);
  const once = withoutRepeats(builder, y, inner);
  if (once === undefined) return undefined;
  const counts = y.shape.slice(0, shape.length);
  const [low, high] = [shape.map(() => 0), shape.map((extent, axis) => extent - counts[axis]!)];
  axes.forEach((axis, k) => (low[axis] = (size[k]! - 1) * dilation[k]!));
  const one = builder.apply("reshape", [once], { shape: counts });
  const padded = builder.apply("pad", [one], { low, high, interior: shape.map(() => 0), value: 0 });
  const windows = builder.apply("windows", [padded], { axes, size, stride, dilation });
  return builder.apply("reshape", [builder.apply("sum", [windows], { axes: inner })], { shape });
}

/** A value with extent 1 along axes along which its elements repeat; undefined where they need not. */
function withoutRepeats(builder: GraphOps, value: Value, axes: readonly number[]): Value | undefined {
  const first = value.shape.length - axes.length;
  const reduced = value.shape.map((extent, axis) => (axis < first ? extent : 1));
  const operation = operationOf(value);
  if (operation === undefined) return undefined;
  const { name, inputs, attrs } = operation;
  if (name === "broadcastTo") {
    const [source] = inputs as readonly [Value];
    const added = value.shape.length - source.shape.length;
    const repeats = axes.every((axis) => axis < added || source.shape[axis - added] === 1);
    return repeats ? builder.apply("broadcastTo", [source], { shape: reduced }) : undefined;
  }
  if (operations[name].kind !== "elementwise") return undefined;
  const once: Value[] = [];
  for (const input of inputs) {
    const isSingle = input.shape.every((n) => n === 1);
    const one = isSingle
      ? input
      : input.shape.length === value.shape.length
        ? withoutRepeats(builder, input, axes)
        : undefined;
    if (one === undefined) return undefined;
    once.push(one);
  }
  return builder.apply(name, once, attrs);
}
