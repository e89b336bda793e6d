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
import { type Visit, walk } from "./walk.ts";

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

/** The key of what is in a visited node under a name: those of the nodes that lead there, joined by dots. */
function stateKey(visit: Visit, name: string): string {
  const keys = [keyIn(visit.node, name)];
  for (let { parent, path } = visit; parent !== undefined; { parent, path } = parent) {
    keys.push(keyIn(parent.node, path.at(-1)!));
  }
  return keys.toReversed().join(".");
}

/** Parameters and persistent buffers by PyTorch key; a shared one stands under each of its keys. */
function* entries(root: ModuleNode): Generator<[key: string, value: Parameter | Buffer]> {
  for (const visit of walk(root, { repeat: true })) {
    for (const [name, value] of visit.tensors) {
      if (!(value instanceof Buffer) || value.persistent) yield [stateKey(visit, name), value];
    }
  }
}

/** See `Module.stateDict`. */
export function stateDictOf(root: ModuleNode): StateDict {
  const dict = Object.create(null) as StateDict;
  for (const [key, value] of entries(root)) {
    if (key in dict) throw new ValueError(`stateDict: expected distinct keys, got two fields with the key "${key}".`);
    dict[key] = value.detach();
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
  const state = settleState<Readonly<Record<string, unknown>>>("loadStateDict", dict);
  const absent: (readonly [key: string, target: Tensor])[] = [];
  const unfit: string[] = [];
  const known = new Set<string>();
  const plan = new Map<Tensor, Tensor>();
  for (const [own, target] of entries(root)) {
    const key = prefix + own;
    known.add(key);
    const value: unknown = Object.hasOwn(state, key) ? state[key] : undefined;
    if (value === undefined) {
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
  if (unfit.length > 0 || (strict && missing.length + unexpected.length > 0)) {
    throw new ValueError(
      `loadStateDict: expected the ${known.size} keys of ${root.constructor.name}, got ` +
        `${missing.length} missing, ${unexpected.length} unexpected and ${unfit.length} that do not fit.` +
        list("missing", missing) +
        list("unexpected", unexpected) +
        list("not fitting", unfit) +
        prefixHint([...known], unexpected),
    );
  }
  for (const [target, value] of plan) assign(target, value.detach().to(target.dtype));
  return { missing, unexpected };
}
