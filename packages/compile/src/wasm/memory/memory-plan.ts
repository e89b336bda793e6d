import { dtypes, type Storage, sizeOf } from "@tapegrad/tensor/internal";
import { gemmRowStep, gemmScratchBytes } from "@tapegrad/simd";
import { outputsOf, type Value } from "../../graph/graph.ts";
import { type LoopPlan, planLoops } from "../loops/loop-plan.ts";
import { type MatmulPlan, planMatmul } from "../matmul/matmul-plan.ts";
import type { SpecialCode } from "../routines/routine-code.ts";
import { planSpecial } from "../routines/routines.ts";
import { partialLayout, type Split, splitLoops, splitMatmul } from "../loops/split.ts";
import { canFail, type Kernel, type SpecialKernel } from "../../schedule/kernel.ts";
import type { LoopKernel } from "../../schedule/loop-kernel.ts";
import { readsOf, writesOf } from "../../schedule/reads-and-writes.ts";
import type { Schedule } from "../../schedule/schedule.ts";
import { aligned } from "../alignment.ts";
import { type Lifetime, planArena } from "./arena.ts";

/** A kernel with everything that its code needs to know but addresses. */
export type PlannedKernel =
  | { readonly kind: "loop"; readonly kernel: LoopKernel; readonly plan: LoopPlan; readonly split: Split | undefined }
  | { readonly kind: "matmul"; readonly plan: MatmulPlan; readonly split: Split | undefined }
  | { readonly kind: "special"; readonly kernel: SpecialKernel; readonly code: SpecialCode | undefined };

/** Where everything of a plan lies: offsets into an arena, but for what lies in captured tensors. */
export interface MemoryPlan {
  readonly kernels: readonly PlannedKernel[];
  readonly offsets: ReadonlyMap<Value, number>;
  /** Values that are computed in the place of the captured tensor that they are assigned to. */
  readonly inPlace: ReadonlyMap<Value, Storage>;
  /** Scratch memory of each kernel: partial results of all parts, then as much for every thread. */
  readonly scratch: readonly number[];
  readonly arenaBytes: number;
  /** The most threads that will run it. */
  readonly threads: number;
}

/** What a plan is made for. */
export interface MachineOptions {
  /** Multiply-add with one rounding may be used. */
  readonly fma: boolean;
  /** The most threads that will run these kernels. */
  readonly threadsFor: (kernels: readonly PlannedKernel[]) => number;
}

/** Gives every value a place, the same memory where lifetimes allow it, but for those pinned elsewhere. */
export function planMemory(
  schedule: Schedule,
  pinned: ReadonlySet<Value>,
  { fma, threadsFor }: MachineOptions,
): MemoryPlan {
  const { kernels, graph, views } = schedule;
  const planned = kernels.map((kernel) => planKernel(kernel, fma));
  const threads = threadsFor(planned);
  const reads = kernels.map(readsOf);
  const inPlace = valuesInPlace(schedule, planned, reads, pinned);
  const end = kernels.length;
  const first = new Map<Value, number>();
  const last = new Map<Value, number>();
  const use = (value: Value, at: number): void => {
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
  return {
    kernels: planned,
    offsets: new Map(values.map((value, i) => [value, arena.offsets[i]!])),
    inPlace,
    scratch: arena.offsets.slice(values.length),
    arenaBytes: arena.bytes,
    threads,
  };
}

function planKernel(kernel: Kernel, fma: boolean): PlannedKernel {
  if (kernel.kind === "loop") {
    const plan = planLoops(kernel, fma);
    return { kind: "loop", kernel, plan, split: splitLoops(plan) };
  }
  if (kernel.kind === "matmul") {
    const plan = planMatmul(kernel, fma);
    return { kind: "matmul", plan, split: splitMatmul(plan, gemmRowStep(plan.spec)) };
  }
  return { kind: "special", kernel, code: planSpecial(kernel) };
}

/** Scratch memory that one thread needs for a kernel. */
export function threadScratchBytes(kernel: PlannedKernel): number {
  const bytes =
    kernel.kind === "loop"
      ? kernel.plan.scratchBytes
      : kernel.kind === "matmul"
        ? gemmScratchBytes(kernel.plan.spec)
        : (kernel.code?.ownBytes ?? 0);
  return aligned(bytes);
}

/** Memory for the partial results of all parts of a kernel; lies in front of the threads' scratch memory. */
export function partialBytes(kernel: PlannedKernel): number {
  if (kernel.kind === "special") return aligned(kernel.code?.sharedBytes ?? 0);
  return kernel.kind === "loop" ? (kernel.split?.parts ?? 0) * partialLayout(kernel.plan).bytes : 0;
}

function scratchBytes(kernel: PlannedKernel, threads: number): number {
  return partialBytes(kernel) + threads * threadScratchBytes(kernel);
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
  const lastFailure = kernels.findLastIndex(canFail);
  for (const [storage, updated] of graph.updates) {
    const value = views.of(updated).base;
    const at = kernels.findIndex((kernel) => writesOf(kernel).includes(value));
    const plan = planned[at];
    if (found.has(value) || pinned.has(value) || plan?.kind !== "loop" || at < lastFailure) continue;
    const isOld = ({ from }: Value): boolean => from.kind === "state" && from.storage === storage;
    if (reads.some((list, i) => i > at && list.some(isOld))) continue;
    const { nodes, kernel, passes } = plan.plan;
    const store = kernel.stores.find(({ to }) => to === value);
    if (store === undefined) continue;
    const loads = nodes.filter((node) => node.kind === "load" && isOld(node.from));
    const same = loads.every(
      (node) =>
        node.kind === "load" &&
        node.offset === 0 &&
        node.strides.every((stride, axis) => stride === store.strides[axis]),
    );
    const readers = passes.filter((pass) => loads.some((node) => pass.nodes.has(node)));
    if (!same || (loads.length > 0 && passes.length > 0 && (readers.length > 1 || passes.length > 1))) continue;
    found.set(value, storage);
  }
  return found;
}
