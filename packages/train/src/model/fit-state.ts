import type { StateDict } from "@tapegrad/nn";
import type { OptimizerState } from "@tapegrad/optim";
import type { GeneratorState, Tensor } from "@tapegrad/tensor";
import type { PendingNotice } from "./callback-list.ts";
import type { FiguresState } from "./figures.ts";

/** Everything that `fit` needs to go on where it was taken: tensors and JSON. */
export interface FitState {
  /** The epoch that runs, or comes next. */
  readonly epoch: number;
  /** Batches of it that are done. */
  readonly batch: number;
  /** Whether the epoch has begun. */
  readonly begun: boolean;
  readonly net: StateDict;
  readonly optimizer: OptimizerState;
  readonly figures: FiguresState;
  /** States of where the batches come from; null for what has none. */
  readonly loader: object | null;
  readonly validation: object | null;
  /** States of the callbacks in their order; null for one without. */
  readonly callbacks: readonly (object | null)[];
  /** What some callbacks were still to be told. */
  readonly pending: PendingNotice | null;
  readonly history: {
    readonly epoch: readonly number[];
    readonly history: { readonly [name: string]: readonly number[] };
  };
  /** The default generator, which dropout draws from. */
  readonly generator: GeneratorState;
  /** Gradients of a group of batches that is not complete: how many batches and samples, and the sums by parameter. */
  readonly group: {
    readonly batches: number;
    readonly samples: Tensor;
    readonly gradients: { readonly [name: string]: Tensor };
  };
}
