import type { Shape } from "@tapegrad/tensor";
import { formatValue } from "@tapegrad/tensor/internal";

/** How the size that a layer takes first is found where it is not given: by its first input, or by its state. */
export interface LazySize {
  /** The axis of the first input whose extent it is, which may depend on the arguments of the layer after its size. */
  readonly inputAxis: number | ((others: readonly unknown[]) => number);
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
  readonly become: (module: object, size: number) => () => void;
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

/** The size that a state gives for a lazy layer; undefined where it tells nothing. */
export function sizeInState(
  { size: { stateAxes, times }, others }: Pending,
  shapeOf: (key: string) => Shape | undefined,
): number | undefined {
  for (const [key, axis] of stateAxes) {
    const extent = shapeOf(key)?.at(axis);
    if (extent !== undefined) return extent * (times?.(others) ?? 1);
  }
  return undefined;
}

/** How a lazy layer is printed. */
export function describePending({ others }: Pending): string {
  return ["lazy", ...others.map((each) => formatValue(each))].join(", ");
}
