import { assign, type Shape, type Tensor, Tensor as TensorClass, ValueError } from "@tapegrad/tensor";
import {
  expectNoTrace,
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
import { pendingOf, sizeInState } from "./lazy-size.ts";
import { ModuleNode } from "./module-node.ts";
import { entriesOf, prefixOf } from "./state-dict.ts";
import { type IncompatibleKeys, stateHooksOf } from "./state-hooks.ts";
import { nested, type Visit, walk } from "./walk.ts";

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

const table: OptionTable<LoadStateDictOptions> = {
  strict: option(ranges.flag, true),
  prefix: option(ranges.text, ""),
};

/** What is loaded, by key; not checked yet. */
type Given = Readonly<Record<string, unknown>>;

/** See `Module.loadStateDict`. */
export function loadStateDictInto(
  root: ModuleNode,
  dict: Readonly<Record<string, Tensor>>,
  options: LoadStateDictOptions,
): LoadReport {
  const { strict, prefix } = settleOptions("loadStateDict", options, table);
  const state = { ...settleState<Given>("loadStateDict", dict) };
  for (const visit of [...walk(root, { repeat: true })]) {
    const hooks = stateHooksOf(visit.node, "beforeLoad");
    for (const hook of hooks) hook(visit.node, state as Record<string, Tensor>, prefix + prefixOf(visit));
  }
  const undo: (() => void)[] = [];
  try {
    settleSizes(root, prefix, state, undo);
    return load(root, state, prefix, strict);
  } catch (error) {
    for (const each of undo) each();
    throw error;
  }
}

/** Lets lazy layers become what the state says; adds what takes that back. */
function settleSizes(root: ModuleNode, prefix: string, state: Given, undo: (() => void)[]): void {
  for (const visit of [...walk(root, { repeat: true })]) {
    const becomes = pendingOf(visit.node);
    if (becomes === undefined) continue;
    const shapeOf = (key: string): Shape | undefined => {
      const value = state[prefix + prefixOf(visit) + key];
      return value instanceof TensorClass ? value.shape : undefined;
    };
    const size = sizeInState(becomes, shapeOf);
    if (size === undefined) continue;
    expectNoTrace("loadStateDict", "Load the state of lazy layers before.");
    undo.push(becomes.become(visit.node, size));
  }
}

/** What has to happen, and what does not fit. */
interface Plan {
  readonly known: ReadonlySet<string>;
  readonly values: ReadonlyMap<Tensor, Tensor>;
  readonly missing: string[];
  readonly unfit: readonly string[];
}

function planOf(visits: readonly Visit[], prefix: string, state: Given): Plan {
  const absent: (readonly [key: string, target: Tensor | undefined])[] = [];
  const unfit: string[] = [];
  const known = new Set<string>();
  const values = new Map<Tensor, Tensor>();
  for (const visit of visits) {
    const becomes = pendingOf(visit.node);
    if (becomes !== undefined) {
      // Nothing tells its size: it stays lazy.
      const key = prefix + prefixOf(visit) + becomes.size.stateAxes[0]![0];
      if (becomes.size.mayLack !== true) absent.push([key, undefined]);
      continue;
    }
    const optional = visit.node instanceof ModuleNode ? visit.node.optionalState() : [];
    for (const [own, target, name] of entriesOf(visit)) {
      const key = prefix + own;
      known.add(key);
      const value: unknown = Object.hasOwn(state, key) ? state[key] : undefined;
      if (value === undefined) {
        if (!optional.includes(name)) absent.push([key, target]);
      } else if (!(value instanceof TensorClass)) {
        unfit.push(`${key} (expected a tensor, got ${quoted(value)})`);
      } else if (!sameShape(value.shape, target.shape)) {
        unfit.push(`${key} (expected ${formatShape(target.shape)}, got ${formatShape(value.shape)})`);
      } else if (isFloat(value.dtype) && !isFloat(target.dtype)) {
        unfit.push(`${key} (expected ${target.dtype}, got ${value.dtype})`);
      } else {
        values.set(target, value);
      }
    }
  }
  // A shared one needs to stand under one of its keys.
  const missing = absent.filter(([, target]) => target === undefined || !values.has(target)).map(([key]) => key);
  return { known, values, missing, unfit };
}

function load(root: ModuleNode, state: Given, prefix: string, strict: boolean): LoadReport {
  const visits = [...walk(root, { repeat: true })];
  const { known, values, missing, unfit } = planOf(visits, prefix, state);
  const unexpected = Object.keys(state).filter((key) => key.startsWith(prefix) && !known.has(key));
  const keys: IncompatibleKeys = { missing, unexpected };
  const expectFit = (): void => {
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
  const hooks = [...nested(visits)].flatMap(([{ node }, isDone]) =>
    isDone ? stateHooksOf(node, "afterLoad").map((hook) => () => hook(node, keys)) : [],
  );
  // Hooks may forgive keys, but see what has been loaded: without any all is checked before anything changes.
  if (hooks.length === 0 || unfit.length > 0) expectFit();
  const before = hooks.length === 0 ? [] : [...values.keys()].map((t) => [t, t.detach().clone()] as const);
  for (const [target, value] of values) assign(target, value.detach().to(target.dtype));
  try {
    for (const hook of hooks) hook();
    expectFit();
  } catch (error) {
    for (const [target, value] of before) assign(target, value);
    throw error;
  }
  return keys;
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
