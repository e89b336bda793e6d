import { option, type OptionTable, ranges } from "@tapegrad/tensor/internal";

/** Options that all optimizers have. */
export interface DescentOptions {
  /** Learning rate. */
  readonly lr?: number;
  /** L2 penalty: `weightDecay · p` is added to the gradient. Decoupled, the parameter shrinks by `lr · weightDecay` per step. */
  readonly weightDecay?: number;
  /** Ascend instead of descend; false unless given. */
  readonly maximize?: boolean;
}

/** The rows of those options. */
export function descentTable(lr: number, weightDecay = 0): OptionTable<DescentOptions> {
  return {
    lr: option(ranges.nonNegative, lr),
    weightDecay: option(ranges.nonNegative, weightDecay),
    maximize: option(ranges.flag, false),
  };
}
