import { dtypes, type Storage, sizeOf } from "@tapegrad/tensor/internal";
import { outputsOf, type Value } from "../../graph/graph.ts";
import { isCheck } from "../../schedule/kernel.ts";
import { readsOf, writesOf } from "../../schedule/reads-and-writes.ts";
import type { Schedule } from "../../schedule/schedule.ts";
import type { BufferPart } from "../loops/kernel-shape.ts";
import { ownBuffer } from "../loops/planned-loops.ts";
import { type PlannedKernel, scratchBytes } from "../planned-kernel.ts";
import { type Lifetime, planArena } from "./arena.ts";
import { copiesNothing, type Part, partsInPlace } from "./parts-in-place.ts";

/** Where everything of a plan lies: offsets into an arena, but for what lies in captured tensors. */
export interface MemoryPlan {
  /** The kernels of the schedule that have something to do. */
  readonly kernels: readonly PlannedKernel[];
  readonly offsets: ReadonlyMap<Value, number>;
  /** Values that are computed where they are concatenated. */
  readonly parts: ReadonlyMap<Value, Part>;
  /** Values that are computed in the place of the captured tensor that they are assigned to. */
  readonly inPlace: ReadonlyMap<Value, Storage>;
  /** Scratch memory of each kernel: partial results of all parts, then as much for every thread. */
  readonly scratch: readonly number[];
  readonly arenaBytes: number;
  /** The most threads that will run it. */
  readonly threads: number;
}

/**
 * Gives every value a place, the same memory where lifetimes allow it, but for those pinned elsewhere.
 *
 * @param planned the kernels of the schedule
 * @param threads the most threads that will run them
 */
export function planMemory(
  schedule: Schedule,
  planned: readonly PlannedKernel[],
  threads: number,
  pinned: ReadonlySet<Value>,
): MemoryPlan {
  const { kernels, graph, views } = schedule;
  const reads = kernels.map(readsOf);
  const inPlace = valuesInPlace(schedule, planned, reads, pinned);
  const parts = partsInPlace(kernels, pinned, inPlace);
  const end = kernels.length;
  const first = new Map<Value, number>();
  const last = new Map<Value, number>();
  const use = (used: Value, at: number): void => {
    const value = parts.get(used)?.whole ?? used;
    if (value.from.kind === "state" || inPlace.has(value) || pinned.has(value)) return;
    if (!first.has(value)) first.set(value, value.from.kind === "operation" ? at : -1);
    last.set(value, Math.max(last.get(value) ?? -1, at));
  };
  kernels.forEach((kernel, i) => {
    for (const value of [...(reads[i] ?? []), ...writesOf(kernel)]) use(value, i);
  });
  for (const output of outputsOf(graph)) use(views.of(output).base, end);
  const values = [...first.keys()];
  // Constants keep their elements from call to call.
  const lifetimes: Lifetime[] = values.map((value) => ({
    bytes: sizeOf(value.shape) * dtypes[value.dtype].bytes,
    first: first.get(value)!,
    last: value.from.kind === "constant" ? end : last.get(value)!,
  }));
  const scratches = planned.map((kernel, i): Lifetime => ({ bytes: scratchBytes(kernel, threads), first: i, last: i }));
  const arena = planArena([...lifetimes, ...scratches]);
  const isWork = (_: unknown, i: number): boolean => !copiesNothing(kernels[i]!, parts);
  return {
    kernels: planned.filter(isWork),
    offsets: new Map(values.map((value, i) => [value, arena.offsets[i]!])),
    parts,
    inPlace,
    scratch: arena.offsets.slice(values.length).filter(isWork),
    arenaBytes: arena.bytes,
    threads,
  };
}

/**
 * The assigned values that may be computed over the old ones: nothing after that kernel reads the old value or can
 * fail, and the kernel itself reads each old element only where and when it writes the new one.
 */
function valuesInPlace(
  { graph, kernels, views }: Schedule,
  planned: readonly PlannedKernel[],
  reads: readonly (readonly Value[])[],
  pinned: ReadonlySet<Value>,
): Map<Value, Storage> {
  const found = new Map<Value, Storage>();
  const lastCheck = kernels.findLastIndex(isCheck);
  const makers = new Map<Value, number>();
  const lastReads = new Map<Storage, number>();
  kernels.forEach((kernel, i) => {
    for (const value of writesOf(kernel)) makers.set(value, i);
    for (const { from } of reads[i]!) if (from.kind === "state") lastReads.set(from.storage, i);
  });
  for (const [storage, updated] of graph.updates) {
    const value = views.of(updated).base;
    const at = makers.get(value) ?? -1;
    const plan = planned[at];
    if (found.has(value) || pinned.has(value) || plan?.kind !== "loop" || at < lastCheck) continue;
    if ((lastReads.get(storage) ?? -1) > at) continue;
    const isOld = ({ from }: Value): boolean => from.kind === "state" && from.storage === storage;
    // The plan may be another kernel's, which differs in nothing but buffers.
    const { nodes, kernel, passes } = plan.pattern.plan;
    const ownOf = (other: Value): BufferPart => ownBuffer(plan, other);
    const store = kernel.stores.find(({ to }) => ownOf(to).value === value);
    if (store === undefined) continue;
    const loads = nodes.filter((node) => node.kind === "load" && isOld(ownOf(node.from).value));
    const same = loads.every(
      (node) =>
        node.kind === "load" &&
        ownOf(node.from).offset === 0 &&
        node.offset === 0 &&
        node.strides.every((stride, axis) => stride === store.strides[axis]),
    );
    const readers = passes.filter((pass) => loads.some((node) => pass.nodes.has(node)));
    if (!same || (loads.length > 0 && passes.length > 0 && (readers.length > 1 || passes.length > 1))) continue;
    found.set(value, storage);
  }
  return found;
}
