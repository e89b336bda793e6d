import type { Tensor } from "@tapegrad/tensor";
import { dtypes, sizeOf, type Storage } from "@tapegrad/tensor/internal";
import { outputsOf, type Source, type Value } from "../../graph/graph.ts";
import { isCheck } from "../../schedule/kernel.ts";
import { readsOf, writesOf } from "../../schedule/reads-and-writes.ts";
import type { Schedule } from "../../schedule/schedule.ts";

/** A value that comes from outside of the operations. */
export type Input<Kind extends Source["kind"]> = Value & { readonly from: Extract<Source, { kind: Kind }> };

/** Bytes that go from one address to another. */
export interface Copy {
  readonly from: number;
  readonly to: number;
  readonly bytes: number;
}

/** What is read, in memory and by whoever runs the plan, that no kernel writes. */
export function inputsOf<Kind extends Source["kind"]>(schedule: Schedule, kind: Kind): Input<Kind>[] {
  let inputs = known.get(schedule);
  if (inputs === undefined) known.set(schedule, (inputs = allInputs(schedule)));
  return inputs.filter((value): value is Input<Kind> => value.from.kind === kind);
}

const known = new WeakMap<Schedule, readonly Value[]>();

function allInputs({ graph, views, kernels }: Schedule): readonly Value[] {
  const inputs = new Set<Value>();
  const see = (value: Value): void => {
    if (value.from.kind !== "operation") inputs.add(value);
  };
  for (const kernel of kernels) readsOf(kernel).forEach(see);
  for (const value of outputsOf(graph)) see(views.of(value).base);
  return [...inputs];
}

/**
 * The gradients that kernels write where they are to be by themselves, with their leaves: nothing can fail any more by
 * then.
 */
export function writtenGrads({ graph, views, kernels }: Schedule): Map<Value, Tensor> {
  const late = new Set(kernels.slice(kernels.findLastIndex(isCheck) + 1).flatMap(writesOf));
  const written = new Map<Value, Tensor>();
  for (const { leaf, value } of graph.grads) {
    const base = value && views.of(value).base;
    if (base !== undefined && late.has(base) && !written.has(base)) written.set(base, leaf);
  }
  return written;
}

/** What must still be copied when all kernels have run. */
export function lastCopies(
  { graph, views }: Schedule,
  addressOf: (value: Value) => number,
  gradAddress: (leaf: Tensor) => number,
  stateAddress: (storage: Storage) => number,
): Copy[] {
  const copies: Copy[] = [];
  const copy = (value: Value, to: number): void => {
    const from = addressOf(views.of(value).base);
    if (from !== to) copies.push({ from, to, bytes: sizeOf(value.shape) * dtypes[value.dtype].bytes });
  };
  for (const { leaf, value } of graph.grads) if (value !== undefined) copy(value, gradAddress(leaf));
  for (const [storage, value] of graph.updates) copy(value, stateAddress(storage));
  return copies;
}
