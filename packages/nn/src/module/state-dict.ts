import { assign, type Tensor, Tensor as TensorClass, ValueError } from "@tapegrad/tensor";
import {
  formatShape,
  isFloat,
  option,
  type OptionTable,
  quoted,
  ranges,
  sameShape,
  settleOptions,
  settleState,
} from "@tapegrad/tensor/internal";
import { Buffer } from "./buffer.ts";
import type { Parameter } from "./parameter.ts";
import { ModuleNode, snakeCase } from "./module-node.ts";
import { type IncompatibleKeys, stateHooksOf } from "./state-hooks.ts";
import { nested, type Visit, walk } from "./walk.ts";

/** Tensors by key, on a null prototype so that no key can collide with `Object`'s own. */
export type StateDict = Record<string, Tensor>;

/** Options of `loadStateDict`. */
export interface LoadStateDictOptions {
  /** Whether missing and unexpected keys are errors; true unless given. Shapes must always fit. */
  readonly strict?: boolean;
  /**
   * What stands in front of the keys of the module, such as "module." of a model in PyTorch's DataParallel; other keys are
   * left alone. Nothing unless given.
   */
  readonly prefix?: string;
}

/** What did not match when loading with `strict: false`. */
export interface LoadReport {
  /** Keys of the module that the dictionary lacks. */
  readonly missing: readonly string[];
  /** Keys of the dictionary that the module lacks. */
  readonly unexpected: readonly string[];
}

/** The key of a member as its node says it; collections say it as PyTorch's fields do. */
function keyIn(node: object, name: string): string {
  return node instanceof ModuleNode ? node.stateKey(name) : snakeCase(name);
}

/** The key of a visited node, or of what is in it under a name: those of the nodes that lead there, joined by dots. */
function stateKey(visit: Visit, ...name: [name?: string]): string {
  const keys = name.map((last) => keyIn(visit.node, last!));
  for (let { parent, path } = visit; parent !== undefined; { parent, path } = parent) {
    keys.push(keyIn(parent.node, path.at(-1)!));
  }
  return keys.toReversed().join(".");
}

/** What stands before the keys of a visited node. */
function prefixOf(visit: Visit): string {
  return visit.parent === undefined ? "" : `${stateKey(visit)}.`;
}

/** Parameters and persistent buffers of one node by PyTorch key. */
function* entriesOf(visit: Visit): Generator<[key: string, value: Parameter | Buffer, name: string]> {
  for (const [name, value] of visit.tensors) {
    if (!(value instanceof Buffer) || value.persistent) yield [stateKey(visit, name), value, name];
  }
}

/** See `Module.stateDict`. */
export function stateDictOf(root: ModuleNode): StateDict {
  // All of them first: what they do to modules is in the state.
  for (const visit of [...walk(root, { repeat: true })]) {
    for (const hook of stateHooksOf(visit.node, "beforeRead")) hook(visit.node, prefixOf(visit));
  }
  const dict = Object.create(null) as StateDict;
  for (const [visit, isDone] of nested(walk(root, { repeat: true }))) {
    if (isDone) {
      for (const hook of stateHooksOf(visit.node, "afterRead")) hook(visit.node, dict, prefixOf(visit));
      continue;
    }
    for (const [key, value] of entriesOf(visit)) {
      if (key in dict) throw new ValueError(`stateDict: expected distinct keys, got two fields with the key "${key}".`);
      dict[key] = value.detach();
    }
  }
  return dict;
}

function list(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? "" : `\n  ${title}: ${lines.join(", ")}`;
}

/** What to do when all keys are there, but behind a prefix. */
function prefixHint(known: readonly string[], unexpected: readonly string[]): string {
  const [first] = known;
  const longer = first === undefined ? undefined : unexpected.find((key) => key.endsWith(first));
  const prefix = longer?.slice(0, -first!.length);
  const there = new Set(unexpected);
  if (prefix === undefined || !known.every((key) => there.has(prefix + key))) return "";
  return `\n  All keys are there behind ${quoted(prefix)}: load with { prefix: ${quoted(prefix)} }.`;
}

const table: OptionTable<LoadStateDictOptions> = {
  strict: option(ranges.flag, true),
  prefix: option(ranges.text, ""),
};

/** See `Module.loadStateDict`. */
export function loadStateDictInto(
  root: ModuleNode,
  dict: Readonly<Record<string, Tensor>>,
  options: LoadStateDictOptions,
): LoadReport {
  const { strict, prefix } = settleOptions("loadStateDict", options, table);
  const state = { ...settleState<Readonly<Record<string, unknown>>>("loadStateDict", dict) };
  for (const visit of [...walk(root, { repeat: true })]) {
    const hooks = stateHooksOf(visit.node, "beforeLoad");
    for (const hook of hooks) hook(visit.node, state as Record<string, Tensor>, prefix + prefixOf(visit));
  }
  const absent: (readonly [key: string, target: Tensor])[] = [];
  const unfit: string[] = [];
  const known = new Set<string>();
  const plan = new Map<Tensor, Tensor>();
  const visits = [...walk(root, { repeat: true })];
  for (const visit of visits)
    for (const [own, target, name] of entriesOf(visit)) {
      const key = prefix + own;
      known.add(key);
      const value: unknown = Object.hasOwn(state, key) ? state[key] : undefined;
      if (value === undefined) {
        if (!(visit.node instanceof ModuleNode && visit.node.optionalState().includes(name)))
          absent.push([key, target]);
      } else if (!(value instanceof TensorClass)) {
        unfit.push(`${key} (expected a tensor, got ${quoted(value)})`);
      } else if (!sameShape(value.shape, target.shape)) {
        unfit.push(`${key} (expected ${formatShape(target.shape)}, got ${formatShape(value.shape)})`);
      } else if (isFloat(value.dtype) && !isFloat(target.dtype)) {
        unfit.push(`${key} (expected ${target.dtype}, got ${value.dtype})`);
      } else {
        plan.set(target, value);
      }
    }
  // A shared one needs to stand under one of its keys.
  const missing = absent.filter(([, target]) => !plan.has(target)).map(([key]) => key);
  const unexpected = Object.keys(state).filter((key) => key.startsWith(prefix) && !known.has(key));
  const refuse = (keys: IncompatibleKeys): void => {
    if (unfit.length === 0 && (!strict || keys.missing.length + keys.unexpected.length === 0)) return;
    throw new ValueError(
      `loadStateDict: expected the ${known.size} keys of ${root.constructor.name}, got ` +
        `${keys.missing.length} missing, ${keys.unexpected.length} unexpected and ${unfit.length} that do not fit.` +
        list("missing", keys.missing) +
        list("unexpected", keys.unexpected) +
        list("not fitting", unfit) +
        prefixHint([...known], keys.unexpected),
    );
  };
  const keys: IncompatibleKeys = { missing, unexpected };
  const hooks = [...nested(visits)].flatMap(([{ node }, isDone]) =>
    isDone ? stateHooksOf(node, "afterLoad").map((hook) => () => hook(node, keys)) : [],
  );
  if (hooks.length === 0 || unfit.length > 0) refuse(keys);
  const before = hooks.length === 0 ? [] : [...plan.keys()].map((target) => [target, target.detach().clone()] as const);
  for (const [target, value] of plan) assign(target, value.detach().to(target.dtype));
  try {
    for (const hook of hooks) hook();
    refuse(keys);
  } catch (error) {
    for (const [target, value] of before) assign(target, value);
    throw error;
  }
  return keys;
}
