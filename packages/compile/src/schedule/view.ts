import { sizeOf, stridesOf } from "@tapegrad/tensor/internal";
import { type Operation, operationOf, type Value } from "../graph/graph.ts";
import { ValueMap } from "../graph/value-map.ts";
import type { OperationName, Operations } from "../operations/operation.ts";
import { type MovementName, operations } from "../operations/operations.ts";
import { mapped } from "../mapped.ts";

/** Elements of `base` seen with other axes: element `i` is at `offset + Σ iₐ·stridesₐ` of it. */
export interface View {
  readonly base: Value;
  readonly shape: readonly number[];
  readonly offset: number;
  readonly strides: readonly number[];
}

/** A value as it lies in memory. */
function wholeView(base: Value): View {
  return { base, shape: base.shape, offset: 0, strides: stridesOf(base.shape) };
}

/** The same elements with other axes. */
function seen({ base }: View, shape: readonly number[], offset: number, strides: readonly number[]): View {
  return { base, shape, offset, strides };
}

/** Whether a view sees every element of its base in order. */
export function isWhole(view: View): boolean {
  return view.offset === 0 && sizeOf(view.shape) === sizeOf(view.base.shape) && isContiguous(view.shape, view.strides);
}

function isContiguous(shape: readonly number[], strides: readonly number[]): boolean {
  let expected = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const extent = shape[axis]!;
    if (extent !== 1 && strides[axis] !== expected) return false;
    expected *= extent;
  }
  return true;
}

/** Finds for values the computed value that they are a view of. A movement that no strides express ends the search. */
export class Views {
  readonly #views = new ValueMap<View>();

  of(value: Value): View {
    let view = this.#views.get(value);
    if (view === undefined) this.#views.set(value, (view = this.#find(value)));
    return view;
  }

  #find(value: Value): View {
    const operation = operationOf(value);
    if (operation === undefined) return wholeView(value);
    if (operations[operation.name].kind !== "movement") return wholeView(value);
    return moved(operation, this.of(operation.inputs[0]!), value.shape) ?? wholeView(value);
  }
}

/** Whether a value is only a view of another, without a kernel of its own. */
export function isView(views: Views, value: Value): boolean {
  return views.of(value).base !== value;
}

/** How an operation shows its operand: with which shape, and in what strides. */
type Rule<P extends MovementName> = (view: View, attrs: Operations[P], shape: readonly number[]) => View | undefined;

const rules: { readonly [P in MovementName]: Rule<P> } = {
  reshape: (view, _, shape) => reshaped(view, shape),
  permute: (view, { axes }, shape) => {
    return seen(
      view,
      shape,
      view.offset,
      mapped(axes, (axis) => view.strides[axis]!),
    );
  },
  broadcastTo: (view, _, shape) => {
    const added = shape.length - view.shape.length;
    const strides = mapped(shape, (_, axis) =>
      axis < added || view.shape[axis - added] === 1 ? 0 : view.strides[axis - added]!,
    );
    return seen(view, shape, view.offset, strides);
  },
  slice: (view, { start, step }, shape) => {
    const offset = view.strides.reduce((at, stride, axis) => at + stride * start[axis]!, view.offset);
    return seen(
      view,
      shape,
      offset,
      mapped(view.strides, (stride, axis) => stride * step[axis]!),
    );
  },
  flip: (view, { axes }, shape) => {
    const strides = mapped(view.strides, (stride, axis) => (axes.includes(axis) ? -stride : stride));
    const offset = axes.reduce((at, axis) => at + view.strides[axis]! * (shape[axis]! - 1), view.offset);
    return seen(view, shape, offset, strides);
  },
  windows: (view, { axes, stride, dilation }, shape) => {
    const strides = view.strides.map((step, axis) => {
      const k = axes.indexOf(axis);
      return k < 0 ? step : step * stride[k]!;
    });
    const inner = axes.map((axis, k) => view.strides[axis]! * dilation[k]!);
    return seen(view, shape, view.offset, [...strides, ...inner]);
  },
};

/** The view that an operation gives, if it is a movement that strides can express. */
function moved<P extends OperationName>(
  { name, attrs }: Operation<P>,
  input: View,
  shape: readonly number[],
): View | undefined {
  type Lookup = (view: View, attrs: Operations[P], shape: readonly number[]) => View | undefined;
  const rule = (rules as { readonly [Q in OperationName]?: unknown })[name] as Lookup | undefined;
  return rule?.(input, attrs, shape);
}

/** The view under another shape, if strides can express it. */
function reshaped(view: View, shape: readonly number[]): View | undefined {
  if (sizeOf(shape) === 0) return undefined;
  // Extents of 1 have no stride of their own.
  const from = view.shape.map((extent, axis) => [extent, view.strides[axis]!] as const).filter(([n]) => n > 1);
  const strides = mapped(shape, () => 0);
  let at = from.length - 1;
  let [extent, stride] = from[at] ?? [1, 0];
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const wanted = shape[axis]!;
    if (wanted === 1) continue;
    // Join source axes until this axis fits into them.
    while (extent < wanted || extent % wanted !== 0) {
      const next = from[--at];
      if (next === undefined || next[1] !== stride * extent) return undefined;
      extent *= next[0];
    }
    strides[axis] = stride;
    stride *= wanted;
    extent /= wanted;
    if (extent === 1) [extent, stride] = from[--at] ?? [1, 0];
  }
  return seen(view, shape, view.offset, strides);
}
