import type { Storage } from "@tapegrad/tensor/internal";
import type { Value } from "../graph/graph.ts";
import { isCheck, type Kernel } from "./kernel.ts";
import { PriorityQueue } from "./priority-queue.ts";
import { readsOf, writesOf } from "./reads-and-writes.ts";
import type { Views } from "./view.ts";

/**
 * Kernels in the order in which they run. Every one comes as early as its inputs allow: first what checks wait for, last what
 * overwrites captured tensors; of those that are ready, the first recorded.
 */
export function inOrder(kernels: readonly Kernel[], updates: ReadonlyMap<Storage, Value>, views: Views): Kernel[] {
  const checks = kernels.flatMap((kernel, i) => (isCheck(kernel) ? [i] : []));
  const needs = needsOf(kernels, checks);
  const urgent = neededBy(checks.at(-1), needs);
  const written = new Set(Array.from(updates.values(), (value) => views.of(value).base));
  const ready = new PriorityQueue<number>();
  const add = (i: number): void => {
    const isLate = writesOf(kernels[i]!).some((value) => written.has(value));
    ready.add(i, i + kernels.length * (urgent.has(i) ? 0 : isLate ? 2 : 1));
  };
  const users: number[][] = kernels.map(() => []);
  const left = needs.map(({ length }) => length);
  for (let i = 0; i < needs.length; i++) {
    if (left[i] === 0) add(i);
    for (const need of needs[i]!) users[need]!.push(i);
  }
  const order: Kernel[] = [];
  for (let i = ready.take(); i !== undefined; i = ready.take()) {
    order.push(kernels[i]!);
    for (const user of users[i]!) if (--left[user]! === 0) add(user);
  }
  if (order.length !== kernels.length) throw new Error("schedule: kernels wait for each other.");
  return order;
}

/** For each kernel those that must run before it, each once: what gives what it reads, and the check that it follows. */
function needsOf(kernels: readonly Kernel[], checks: readonly number[]): number[][] {
  const makers = new Map<Value, number>();
  for (let i = 0; i < kernels.length; i++) for (const value of writesOf(kernels[i]!)) makers.set(value, i);
  return kernels.map((kernel) => {
    const needs = new Set<number>();
    for (const value of readsOf(kernel)) {
      const maker = makers.get(value);
      if (maker !== undefined) needs.add(maker);
    }
    // Each check follows the one before.
    if (kernel.kind !== "matmul" && kernel.checks > 0) needs.add(checks[kernel.checks - 1]!);
    return [...needs];
  });
}

/** A kernel and all that must run before it; nothing of none. */
function neededBy(kernel: number | undefined, needs: readonly (readonly number[])[]): ReadonlySet<number> {
  const found = new Set<number>();
  const pending = kernel === undefined ? [] : [kernel];
  for (let i = pending.pop(); i !== undefined; i = pending.pop()) {
    if (found.has(i)) continue;
    found.add(i);
    pending.push(...needs[i]!);
  }
  return found;
}
