import type { DType, Tensor } from "@tapegrad/tensor";
import type { OptionTable } from "@tapegrad/tensor/internal";
import type { ParamGroup } from "./param-group.ts";

/** Running tensors that an optimizer keeps for one parameter, under PyTorch's names (`exp_avg`, ...). */
export type SlotState = Readonly<Record<string, Tensor>>;

/** One parameter with its state. */
export interface Slot {
  /** What is trained. */
  readonly param: Tensor;
  /** What the rule keeps for it between steps. */
  readonly state: SlotState;
  /** Number of updates so far, a float64 tensor of no axes; parameters that stepped together share it. */
  step: Tensor;
}

/** What an update sees: parameters of one group that have a gradient, one dtype and one step count. */
export interface UpdateBatch<Settings> {
  /** The parameters with their state. */
  readonly slots: readonly Slot[];
  /** The update's number, counting from 1. */
  readonly step: Tensor;
  /** Dtype of all of them. */
  readonly dtype: DType;
  /** The group that they belong to, with its settings. */
  readonly group: ParamGroup<Settings>;
}

/** The coefficient that schedules may cycle: momentum or β₁. */
export interface CycledMomentum<Settings> {
  /** Undefined for an optimizer that was made without. */
  get(settings: Settings): number | undefined;
  /** The settings with another one. */
  set<S extends Settings>(settings: S, momentum: number): S;
}

/** What every optimizer has. */
export interface LearningRateOption {
  /** Learning rate. */
  readonly lr?: number;
}

/** Complete, checked options. */
export type SettingsOf<Options> = Required<Options> & { readonly lr: number };

/**
 * What groups are made by: the options of an algorithm and its state.
 *
 * Written with method signatures, so that every optimizer is an `Optimizer` whatever its settings.
 */
export interface GroupRule<Options> {
  /** Class name, for messages. */
  readonly name: string;
  /** A row for each option: what it is unless given, and what it may be. */
  readonly options: OptionTable<Options>;
  /** Throws if options that are allowed one by one do not fit each other; nothing unless given. */
  check?(fn: string, settings: SettingsOf<Options>): void;
  /** Throws if there may not be so many groups; nothing unless given. */
  checkGroups?(fn: string, groups: number): void;
  /** Where the coefficient that schedules may cycle stands; there is none unless given. */
  readonly momentum?: CycledMomentum<SettingsOf<Options>>;
  /** Names of state that is one float64 number whatever the dtype of the parameter; none unless given. */
  readonly scalars?: readonly string[];
  /** State of a fresh parameter. */
  initialState(param: Tensor, settings: SettingsOf<Options>): SlotState;
}

/** An optimization algorithm that moves parameters one by one: its options, its state and its formula. */
export interface UpdateRule<Options> extends GroupRule<Options> {
  /**
   * Whether an update depends on nothing but what tensors hold and its batch with the settings, and changes nothing but by
   * `assign`. Then an optimizer has it recorded once, and does what it does in few passes over memory; false unless given.
   */
  readonly replayable?: boolean;
  /** Assigns new values to state and parameters. */
  update(batch: UpdateBatch<SettingsOf<Options>>): void;
}
