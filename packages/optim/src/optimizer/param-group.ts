import { DTypeError, full, Tensor, ValueError } from "@tapegrad/tensor";
import { Cell, checkOptions } from "@tapegrad/tensor/internal";
import type { UpdateRule } from "./update-rule.ts";

/** Parameters that are trained with common settings. */
export interface ParamGroup<Settings = unknown> {
  readonly params: readonly Tensor[];
  /** Learning rate: a float64 tensor of no axes, changed by `assign` so that compiled steps see it. */
  readonly lr: Tensor;
  /** The coefficient that schedules may cycle: SGD's momentum, Adam's β₁; held like `lr`. */
  readonly momentum: Tensor | undefined;
  /** The learning rate that schedules start from; set by the first schedule. */
  initialLr: number | undefined;
  /** Options of the rule; compiled steps see when they are replaced. */
  settings: Settings;
}

/** Parameters with options that override the optimizer's. */
export type GroupOptions<Options> = Options & { readonly params: Iterable<Tensor> };

/** What an optimizer accepts as its first argument. */
export type ParamsOrGroups<Options> = Iterable<Tensor> | Iterable<GroupOptions<Options>>;

/** A number as a float64 tensor of no axes. */
export function scalar(value: number): Tensor {
  return full([], value, { dtype: "float64" });
}

/** Builds the groups of an optimizer after checking every parameter and every option. */
export function createGroups<Options extends object, Settings extends { readonly lr: number }>(
  rule: UpdateRule<Options, Settings>,
  params: ParamsOrGroups<Options>,
  options: Options,
): ParamGroup<Settings>[] {
  const { name } = rule;
  if (options === null || typeof options !== "object") {
    throw new ValueError(`${name}: expected options as an object, got ${String(options)}.`);
  }
  checkOptions(name, options, rule.optionNames);
  const defaults = rule.settle(options);
  const entries = listOf<Tensor | GroupOptions<Options>>(name, params);
  const seen = new Set<Tensor>();
  const plan: { params: Tensor[]; settings: Settings }[] = [];
  if (entries.some(isGroup)) {
    for (const entry of entries) {
      if (!isGroup(entry)) throw new ValueError(`${name}: expected parameter groups only, got also a tensor.`);
      checkOptions(name, entry, ["params", ...rule.optionNames]);
      const settings = rule.settle({ ...options, ...entry });
      plan.push({ params: checkParams(name, listOf(name, entry.params), seen), settings });
    }
  } else {
    plan.push({ params: checkParams(name, entries, seen), settings: defaults });
  }
  if (seen.size === 0) throw new ValueError(`${name}: expected at least one parameter, got none.`);
  return plan.map(({ params: list, settings }) => {
    const momentum = rule.momentum(settings);
    const held = new Cell(settings);
    return {
      params: list,
      lr: scalar(settings.lr),
      momentum: momentum === undefined ? undefined : scalar(momentum),
      initialLr: undefined,
      get settings() {
        return held.get();
      },
      set settings(other) {
        held.set(other);
      },
    };
  });
}

function isGroup<Options>(entry: Tensor | GroupOptions<Options>): entry is GroupOptions<Options> {
  return typeof entry === "object" && entry !== null && !(entry instanceof Tensor) && "params" in entry;
}

/** The elements of an iterable argument. */
export function listOf<T>(name: string, params: Iterable<T>): T[] {
  const iterable: unknown = params;
  if (iterable === null || typeof iterable !== "object" || !(Symbol.iterator in iterable)) {
    const got = typeof iterable === "object" && iterable !== null ? iterable.constructor.name : typeof iterable;
    throw new ValueError(
      `${name}: expected an iterable of tensors or of parameter groups, got ${got}. Pass model.parameters().`,
    );
  }
  return [...params];
}

/** Float leaf tensors, none of them `seen` before. */
export function checkParams(name: string, entries: readonly unknown[], seen: Set<Tensor>): Tensor[] {
  return entries.map((param) => {
    if (!(param instanceof Tensor)) {
      throw new ValueError(`${name}: expected tensors as parameters, got ${typeof param}.`);
    }
    if (param.dtype !== "float32" && param.dtype !== "float64") {
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
