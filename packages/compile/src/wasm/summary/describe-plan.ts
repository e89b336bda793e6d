import type { Operation, Value } from "../../graph/graph.ts";
import type { Kernel } from "../../schedule/kernel.ts";
import { readsOf, writesOf } from "../../schedule/reads-and-writes.ts";
import type { Schedule } from "../../schedule/schedule.ts";
import { formatTable } from "../../summary/format-table.ts";
import { nameBuffers } from "../../summary/name-buffers.ts";
import type { BufferSummary, PlanSummary, KernelSummary, LoopSummary } from "../../summary/plan-summary.ts";
import { bufferText, loopText, repeatText, unitText } from "../../summary/summary-text.ts";
import { scheduleToDot } from "../../summary/to-dot.ts";
import type { MemoryPlan } from "../memory/memory-plan.ts";
import type { PlannedKernel } from "../planned-kernel.ts";
import { countBytes, countFlops } from "./count-flops.ts";

/** What a description is made of. */
export interface DescribedPlan {
  readonly schedule: Schedule;
  readonly memory: MemoryPlan;
}

/** Describes a plan. What costs time is computed when it is first asked for. */
export function describePlan({ schedule, memory }: DescribedPlan): PlanSummary {
  let known: readonly KernelSummary[] | undefined;
  const summaries = (): readonly KernelSummary[] => (known ??= summarize(schedule, memory));
  const total = (quantity: "flops" | "bytes"): number => summaries().reduce((sum, kernel) => sum + kernel[quantity], 0);
  return {
    kernels: memory.kernels.length,
    get flops() {
      return total("flops");
    },
    get bytes() {
      return total("bytes");
    },
    arenaBytes: memory.arenaBytes,
    threads: memory.threads,
    get schedule() {
      return summaries();
    },
    toString() {
      return `${headline(this)}\n\n${table(summaries())}`;
    },
    toDot: () => scheduleToDot(summaries()),
  };
}

function summarize({ graph, views }: Schedule, { kernels }: MemoryPlan): KernelSummary[] {
  const nameOf = nameBuffers(graph, views);
  const buffers = (values: readonly Value[]): BufferSummary[] =>
    [...new Set(values)].map((value) => ({ name: nameOf(value), shape: value.shape, dtype: value.dtype }));
  return kernels.map((planned) => {
    const kernel = planned.kind === "matmul" ? planned.plan.kernel : planned.kernel;
    return {
      kind: planned.kind === "routine" ? planned.kernel.operation.name : planned.kind,
      loops: loopsOf(planned),
      operations: operationsOf(kernel).map(({ name }) => name),
      reads: buffers(readsOf(kernel)),
      writes: buffers(writesOf(kernel)),
      flops: countFlops(planned),
      bytes: countBytes(planned),
    };
  });
}

function operationsOf(kernel: Kernel): readonly Pick<Operation, "name">[] {
  if (kernel.kind === "loop") return kernel.operations;
  const folding = kernel.kind === "matmul" ? kernel.folding : undefined;
  return folding === undefined ? [kernel.operation] : [kernel.operation, folding];
}

function loopsOf(planned: PlannedKernel): LoopSummary[] {
  if (planned.kind === "loop") {
    const { kernel, outer, inner, lanes } = planned.pattern.plan;
    return [...outer, ...inner].map((axis) => ({
      extent: kernel.extents[axis]!,
      reduced: kernel.reduced[axis]!,
      lanes: axis === lanes,
    }));
  }
  const kept = (extents: readonly number[], lanes = -1): LoopSummary[] =>
    extents.map((extent, axis) => ({ extent, reduced: false, lanes: axis === lanes }));
  if (planned.kind === "routine") return kept(planned.kernel.operation.outputs[0]?.shape ?? []);
  const { batch, spec } = planned.plan;
  const extents = [...batch.map(({ size }) => size), spec.m, spec.n];
  return [...kept(extents, extents.length - 1), { extent: spec.k, reduced: true, lanes: false }];
}

function headline({ kernels, flops, bytes, arenaBytes, threads }: PlanSummary): string {
  const parts = [
    `${kernels} ${kernels === 1 ? "kernel" : "kernels"}`,
    `${unitText(flops)}flop`,
    `${unitText(bytes)}B read and written`,
    `${unitText(arenaBytes)}B of arena`,
    `${threads} ${threads === 1 ? "thread" : "threads"}`,
  ];
  return parts.join(", ");
}

function table(kernels: readonly KernelSummary[]): string {
  const rows = kernels.map(({ kind, loops, operations, reads, writes, flops, bytes }, i) => [
    String(i),
    kind,
    loopText(loops),
    unitText(flops),
    unitText(bytes),
    reads.map(bufferText).join(" "),
    writes.map(bufferText).join(" "),
    repeatText(operations),
  ]);
  return formatTable(["#", "kernel", "loops: kept | reduced, * lanes", "flop", "B", "reads", "writes", "fuses"], rows);
}
