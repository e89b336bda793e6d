import type { Shape, Tensor } from "@tapegrad/tensor";
import { axisList, formatValue, normalizeAxis } from "@tapegrad/tensor/internal";

/** How the size that a layer takes first is found where it is not given: by its first input, or by its state. */
export interface LazySize {
  /**
   * The axis of the first input whose extent it is; by the arguments after the size where these may say, and several where
   * the layer takes a list of extents.
   */
  readonly inputAxis: number | ((others: readonly unknown[]) => number | readonly number[]);
  /** Tensors of the state that tell, as a key of the layer's and an axis. */
  readonly stateAxes: readonly (readonly [key: string, axis: number])[];
  /** What the extent there has to be multiplied by, of the arguments of the layer after its size. */
  readonly times?: (others: readonly unknown[]) => number;
  /** Whether a state may tell nothing, since the layer need not have any tensors. */
  readonly mayLack?: boolean;
}

/** What a lazy layer becomes. */
export interface Pending {
  /** The name of its class, for messages. */
  readonly name: string;
  readonly size: LazySize;
  /** The arguments after the size. */
  readonly others: readonly unknown[];
  /** Makes the module what it is with a size; gives what takes that back. */
  readonly become: (module: object, size: number | Shape) => () => void;
}

const pending = new WeakMap<object, Pending>();

/** What a module becomes with its first call; undefined where it is what it is. */
export function pendingOf(module: object): Pending | undefined {
  return pending.get(module);
}

/** Says what a module becomes, or that it is what it is. */
export function setPending(module: object, becomes: Pending | undefined): void {
  if (becomes === undefined) pending.delete(module);
  else pending.set(module, becomes);
}

function axesOf({ size: { inputAxis }, others }: Pending): number | readonly number[] {
  return typeof inputAxis === "function" ? inputAxis(others) : inputAxis;
}

/** The size that a first input gives for a lazy layer. */
export function sizeInInput(becomes: Pending, { shape, ndim }: Tensor): number | Shape {
  const axes = axesOf(becomes);
  const extents = axisList(becomes.name, axes).map((axis) => shape[normalizeAxis(becomes.name, axis, ndim)]!);
  return typeof axes === "number" ? extents[0]! : extents;
}

/** The size that a state gives for a lazy layer; undefined where it tells nothing. */
export function sizeInState(becomes: Pending, shapeOf: (key: string) => Shape | undefined): number | Shape | undefined {
  const { size, others } = becomes;
  for (const [key, axis] of size.stateAxes) {
    const shape = shapeOf(key);
    const extent = shape?.at(axis);
    if (extent === undefined) continue;
    return typeof axesOf(becomes) === "number" ? extent * (size.times?.(others) ?? 1) : shape;
  }
  return undefined;
}

/** How a lazy layer is printed. */
export function describePending({ others }: Pending): string {
  return ["lazy", ...others.map((each) => formatValue(each))].join(", ");
}
