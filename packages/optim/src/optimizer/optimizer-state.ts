import { assign, type Shape, ShapeError, type Tensor, ValueError } from "@tapegrad/tensor";
import { expectNumber, nonNegative, wholeNumber } from "../expect-number.ts";
import { type ParamGroup, scalar } from "./param-group.ts";
import type { Slot, UpdateRule } from "./update-rule.ts";

/** Saved settings of one group: all options, the current `lr`, and the positions of its parameters. */
export interface SavedGroup {
  readonly params: readonly number[];
  readonly lr: number;
  readonly initialLr?: number;
  readonly [option: string]: unknown;
}

/** What `stateDict` returns: PyTorch's layout, with tensors where PyTorch has tensors. */
export interface OptimizerState {
  readonly state: Readonly<Record<number, Readonly<Record<string, Tensor>>>>;
  readonly param_groups: readonly SavedGroup[];
}

/** Copies settings and state of an optimizer. */
export function saveOptimizer<Options, Settings extends { readonly lr: number }>(
  rule: UpdateRule<Options, Settings>,
  groups: readonly ParamGroup<Settings>[],
  slots: readonly (readonly Slot[])[],
): OptimizerState {
  const state: Record<number, Record<string, Tensor>> = {};
  let next = 0;
  const saved = groups.map((group, g): SavedGroup => {
    const settings =
      group.momentum === undefined ? group.settings : rule.withMomentum(group.settings, group.momentum.item());
    const params = slots[g]!.map((slot) => {
      const copies: Record<string, Tensor> = { step: scalar(slot.step.item()) };
      for (const [name, tensor] of Object.entries(slot.state)) copies[name] = tensor.detach().clone();
      state[next] = copies;
      return next++;
    });
    const initial = group.initialLr === undefined ? {} : { initialLr: group.initialLr };
    return { ...settings, lr: group.lr.item(), ...initial, params };
  });
  return { state, param_groups: saved };
}

/** Checks all of `saved`, then takes it over. */
export function restoreOptimizer<Options extends object, Settings extends { readonly lr: number }>(
  rule: UpdateRule<Options, Settings>,
  groups: readonly ParamGroup<Settings>[],
  slots: readonly (readonly Slot[])[],
  saved: OptimizerState,
): void {
  const fn = `${rule.name}.loadStateDict`;
  const savedGroups = saved.param_groups;
  if (!Array.isArray(savedGroups) || savedGroups.length !== groups.length) {
    throw new ValueError(`${fn}: expected ${groups.length} parameter groups, got ${savedGroups?.length}.`);
  }
  const changes: (() => void)[] = [];
  groups.forEach((group, g) => {
    const { params, initialLr, ...options } = savedGroups[g] as SavedGroup;
    const own = slots[g]!;
    if (params.length !== own.length) {
      throw new ValueError(`${fn}: expected ${own.length} parameters in group ${g}, got ${params.length}.`);
    }
    const unknown = Object.keys(options).find((key) => !rule.optionNames.includes(key));
    if (unknown !== undefined) {
      throw new ValueError(`${fn}: expected options ${rule.optionNames.join(", ")}, got "${unknown}".`);
    }
    if (initialLr !== undefined) expectNumber(fn, "initialLr", initialLr, nonNegative);
    const settings = rule.settle({ ...group.settings, ...options } as unknown as Options);
    changes.push(() => restoreGroup(rule, group, settings, initialLr));
    const counters = new Map<number, Tensor>();
    own.forEach((slot, i) => {
      const entry = saved.state[params[i]!];
      changes.push(slotChange(fn, slot, entry, counters));
    });
  });
  for (const change of changes) change();
}

function restoreGroup<Options, Settings extends { readonly lr: number }>(
  rule: UpdateRule<Options, Settings>,
  group: ParamGroup<Settings>,
  settings: Settings,
  initialLr: number | undefined,
): void {
  // Equal settings stay the ones that plans were made for.
  if (!sameSettings(group.settings, settings)) group.settings = settings;
  group.initialLr = initialLr;
  assign(group.lr, scalar(settings.lr));
  const momentum = rule.momentum(settings);
  if (group.momentum !== undefined && momentum !== undefined) assign(group.momentum, scalar(momentum));
}

function sameSettings(a: object, b: object): boolean {
  const other = new Map(Object.entries(b));
  return Object.entries(a).every(([name, value]) => String(value) === String(other.get(name)));
}

/** Checks the saved state of one parameter; the returned function takes it over. */
function slotChange(
  fn: string,
  slot: Slot,
  entry: Readonly<Record<string, Tensor>> | undefined,
  counters: Map<number, Tensor>,
): () => void {
  const names = ["step", ...Object.keys(slot.state)];
  const given = entry === undefined ? [] : Object.keys(entry);
  if (entry === undefined || given.length !== names.length || !names.every((name) => given.includes(name))) {
    throw new ValueError(
      `${fn}: expected state ${names.join(", ")} for every parameter, got ${given.join(", ") || "none"}.`,
    );
  }
  const step = entry["step"]!.item();
  expectNumber(fn, "step", step, wholeNumber);
  for (const [name, tensor] of Object.entries(slot.state)) {
    expectShape(fn, name, tensor.shape, entry[name]!.shape);
  }
  return () => {
    // Parameters with one count share one counter again; the old one keeps its identity where it fits.
    let counter = counters.get(step);
    if (counter === undefined) {
      counter = [...counters.values()].includes(slot.step) ? scalar(step) : slot.step;
      assign(counter, scalar(step));
      counters.set(step, counter);
    }
    slot.step = counter;
    for (const [name, tensor] of Object.entries(slot.state)) {
      assign(tensor, entry[name]!.detach().to(tensor.dtype));
    }
  };
}

function expectShape(fn: string, name: string, want: Shape, got: Shape): void {
  if (want.length !== got.length || want.some((n, i) => n !== got[i])) {
    throw new ShapeError(`${fn}: expected ${name} of shape [${want.join(", ")}], got [${got.join(", ")}].`);
  }
}
