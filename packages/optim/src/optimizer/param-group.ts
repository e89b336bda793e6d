import { DTypeError, Tensor, ValueError } from "@tapegrad/tensor";
import { formatValue, isFloat, type ValueRange } from "@tapegrad/tensor/internal";
import { entriesOf } from "./entries-of.ts";
import { resolveOptions } from "./resolve-options.ts";
import { TrainedGroup } from "./trained-group.ts";
import type { GroupRule, LearningRateOption } from "./update-rule.ts";

/** Parameters that are trained with common settings. */
export interface ParamGroup<Settings = unknown> {
  /** The parameters that it trains. */
  readonly params: readonly Tensor[];
  /** Learning rate: a float64 tensor of no axes, changed by `assign` so that compiled steps see it. */
  readonly lr: Tensor;
  /** The coefficient that schedules may cycle: SGD's momentum, Adam's β₁; held like `lr`. */
  readonly momentum: Tensor | undefined;
  /** The learning rate that schedules start from; set by the first schedule. */
  initialLr: number | undefined;
  /**
   * Options of the rule and the present `lr`. They can be changed one by one, as in `group.settings.weightDecay = 0.1`,
   * or all together; either is checked, and compiled steps see it.
   */
  get settings(): WritableSettings<Settings>;
  set settings(other: Settings);
}

/** Settings that can be changed one by one. */
export type WritableSettings<Settings> = { -readonly [K in keyof Settings]: Settings[K] };

/** Parameters with options that override the optimizer's. */
export type GroupOptions<Options> = Options & { readonly params: Iterable<Tensor> };

/** What an optimizer accepts as its first argument. */
export type ParamsOrGroups<Options> = Iterable<Tensor> | Iterable<GroupOptions<Options>>;

/** Whatever has parameters. */
export const groupRange: ValueRange<GroupOptions<object>> = {
  text: "to be a parameter group { params, ...options }",
  has: (value): value is GroupOptions<object> => isGroup(value as GroupOptions<object>),
};

/** Builds the groups of an optimizer after checking every parameter and every option. */
export function createGroups<Options extends LearningRateOption>(
  rule: GroupRule<Options>,
  params: ParamsOrGroups<Options>,
  options: Options,
): TrainedGroup<Options>[] {
  const { name } = rule;
  const defaults = resolveOptions(name, rule, options);
  const entries = entriesOf<Tensor | GroupOptions<Options>>(name, params);
  const seen = new Set<Tensor>();
  const groups = entries.some(isGroup)
    ? entries.map((entry) => {
        if (!isGroup(entry)) throw new ValueError(`${name}: expected parameter groups only, got also a tensor.`);
        return groupOf(name, rule, entry, options, seen);
      })
    : [new TrainedGroup(rule, checkParams(name, entries, seen), defaults)];
  if (seen.size === 0) throw new ValueError(`${name}: expected at least one parameter, got none.`);
  return groups;
}

/** Builds one group; its options override the optimizer's, and its parameters are none of those `seen` before. */
export function groupOf<Options extends LearningRateOption>(
  fn: string,
  rule: GroupRule<Options>,
  { params, ...overrides }: GroupOptions<Options>,
  options: Options,
  seen: Set<Tensor>,
): TrainedGroup<Options> {
  const settings = resolveOptions<Options>(fn, rule, { ...options, ...overrides });
  return new TrainedGroup(rule, checkParams(fn, entriesOf(fn, params), seen), settings);
}

function isGroup<Options>(entry: Tensor | GroupOptions<Options>): entry is GroupOptions<Options> {
  return typeof entry === "object" && entry !== null && !(entry instanceof Tensor) && "params" in entry;
}

/** Float leaf tensors, none of them `seen` before. */
export function checkParams(name: string, entries: readonly unknown[], seen: Set<Tensor>): Tensor[] {
  return entries.map((param) => {
    if (!(param instanceof Tensor)) {
      throw new ValueError(`${name}: expected tensors as parameters, got ${formatValue(param)}.`);
    }
    if (!isFloat(param.dtype)) {
      throw new DTypeError(`${name}: expected float32 or float64 parameters, got ${param.dtype}.`);
    }
    if (param.node !== undefined) {
      throw new ValueError(`${name}: expected leaf tensors as parameters, got the result of "${param.node.name}".`);
    }
    if (seen.has(param)) throw new ValueError(`${name}: expected every parameter once, got one twice.`);
    seen.add(param);
    return param;
  });
}
