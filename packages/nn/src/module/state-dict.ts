import { type Tensor, ValueError } from "@tapegrad/tensor";
import { Buffer } from "./buffer.ts";
import type { Parameter } from "./parameter.ts";
import { ModuleNode, snakeCase } from "./module-node.ts";
import { stateHooksOf } from "./state-hooks.ts";
import { nested, type Visit, walk } from "./walk.ts";

/** Tensors by key, on a null prototype so that no key can collide with `Object`'s own. */
export type StateDict = Record<string, Tensor>;

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
export function prefixOf(visit: Visit): string {
  return visit.parent === undefined ? "" : `${stateKey(visit)}.`;
}

/** Parameters and persistent buffers of one node by PyTorch key. */
export function* entriesOf(visit: Visit): Generator<[key: string, value: Parameter | Buffer, name: string]> {
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
