import type { DType, Tensor } from "@tapegrad/tensor";
import type { ParamGroup } from "./param-group.ts";

/** Running tensors that an optimizer keeps for one parameter, under PyTorch's names (`exp_avg`, ...). */
export type SlotState = Readonly<Record<string, Tensor>>;

/** One parameter with its state. */
export interface Slot {
  readonly param: Tensor;
  readonly state: SlotState;
  /** Number of updates so far, a float64 tensor of no axes; parameters that stepped together share it. */
  step: Tensor;
}

/** What an update sees: parameters of one group that have a gradient, one dtype and one step count. */
export interface UpdateBatch<Settings> {
  readonly slots: readonly Slot[];
  /** The update's number, counting from 1. */
  readonly step: Tensor;
  readonly dtype: DType;
  readonly group: ParamGroup<Settings>;
}

/**
 * An optimization algorithm: its options, its state and its formula.
 *
 * Written with method signatures, so that every optimizer is an `Optimizer` whatever its settings.
 */
export interface UpdateRule<Options, Settings> {
  /** Class name, for messages. */
  readonly name: string;
  /** Names of all options. */
  readonly optionNames: readonly string[];
  /** Complete, checked settings; options that are not given take their defaults. */
  settle(options: Options): Settings;
  /** The coefficient that schedules may cycle (momentum or β₁), undefined if there is none. */
  momentum(settings: Settings): number | undefined;
  /** The settings with another such coefficient. */
  withMomentum(settings: Settings, momentum: number): Settings;
  /** Names of state that is one float64 number whatever the dtype of the parameter; none unless given. */
  readonly scalars?: readonly string[];
  /** State of a fresh parameter. */
  initialState(param: Tensor, settings: Settings): SlotState;
  /** Assigns new values to state and parameters. */
  update(batch: UpdateBatch<Settings>): void;
}
