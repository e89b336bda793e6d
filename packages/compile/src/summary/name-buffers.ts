import type { Storage } from "@tapegrad/tensor/internal";
import type { Graph, Value } from "../graph/graph.ts";
import type { Views } from "../schedule/view.ts";

/**
 * Names for people: `arg0` for arguments, `param0` for captured leaves that get gradients and `state0` for other
 * captured tensors, `param0.grad` for gradients, `result0`; `param0'` is what a tensor is assigned, if it is computed
 * elsewhere. The rest are `t0`, `t1`, ..., in the order in which they are asked for.
 */
export function nameBuffers(graph: Graph, views: Views): (value: Value) => string {
  const names = new Map<Value, string>();
  const storages = new Map<Storage, string>();
  const counts = new Map<string, number>();
  const next = (kind: string): string => {
    const count = counts.get(kind) ?? 0;
    counts.set(kind, count + 1);
    return `${kind}${count}`;
  };
  const leaves = new Set(graph.grads.map(({ leaf }) => leaf.storage));
  const nameOf = (storage: Storage): string => {
    let name = storages.get(storage);
    if (name === undefined) storages.set(storage, (name = next(leaves.has(storage) ? "param" : "state")));
    return name;
  };
  const computed = (value: Value | undefined, name: string): void => {
    if (value === undefined) return;
    const { base } = views.of(value);
    if (base.from.kind === "operation" && !names.has(base)) names.set(base, name);
  };
  for (const { leaf, value } of graph.grads) computed(value, `${nameOf(leaf.storage)}.grad`);
  for (const { argument, value } of graph.argumentGrads) computed(value, `arg${argument}.grad`);
  for (const [storage, value] of graph.updates) computed(value, `${nameOf(storage)}'`);
  graph.results.forEach((value, i) => computed(value, `result${i}`));
  return (value) => {
    const known = names.get(value);
    if (known !== undefined) return known;
    const { from } = value;
    if (from.kind === "argument") return `arg${from.index}`;
    if (from.kind === "state") return nameOf(from.storage);
    const name =
      from.kind === "grad" ? `${nameOf(from.leaf.storage)}.grad` : next(from.kind === "constant" ? "constant" : "t");
    names.set(value, name);
    return name;
  };
}
