import type { Storage } from "@tapegrad/tensor/internal";
import { type Graph, type Operation, outputsOf, type Value } from "../graph/graph.ts";
import { chooseBuffers } from "./choose-buffers.ts";
import { classifier, type Classify } from "./classify.ts";
import { withEpilogues } from "./epilogue.ts";
import { fuse } from "./fuse.ts";
import { insertCopies } from "./insert-copies.ts";
import type { OwnKernel, KernelDraft } from "./kernel-draft.ts";
import { followsChecks, isCheck, type Kernel } from "./kernel.ts";
import { lowerGroup } from "./lower-group.ts";
import { lowerMatmul } from "./lower-matmul.ts";
import { PriorityQueue } from "./priority-queue.ts";
import { readsOf, writesOf } from "./reads-and-writes.ts";
import { Views } from "./view.ts";

/** The kernels of a graph in the order in which they run. */
export interface Schedule {
  readonly graph: Graph;
  readonly views: Views;
  readonly kernels: readonly Kernel[];
}

/**
 * Cuts a graph into kernels and puts them in order: checks as early as possible, and those that overwrite captured tensors as late.
 *
 * @param canFuse whether the target can fuse an operation
 */
export function schedule(lowered: Graph, canFuse: (operation: Operation) => boolean): Schedule {
  const views = new Views();
  const classify = classifier(canFuse);
  const graph = insertCopies(lowered, views, classify);
  const drafts = fuse(graph, views, classify);
  const buffered = chooseBuffers(drafts, graph, views, classify);
  const unfinished = drafts.flatMap((draft) => kernelOf(draft, buffered, views, classify) ?? []);
  const kernels = withEpilogues(unfinished, new Set(outputsOf(graph).map((value) => views.of(value).base)));
  return { graph, views, kernels: inOrder(kernels, graph.updates, views) };
}

function kernelOf(
  draft: KernelDraft,
  buffered: ReadonlySet<Value>,
  views: Views,
  classify: Classify,
): Kernel | undefined {
  if (draft.kind === "loops") return lowerGroup(draft, { buffered, views });
  return classify(draft.operation) === "matmul" ? lowerMatmul(draft, views) : lowerRoutine(draft, views);
}

function lowerRoutine({ operation, bases }: OwnKernel, views: Views): Kernel {
  return { kind: "routine", operation, inputs: bases, views: operation.inputs.map((input) => views.of(input)) };
}

function inOrder(kernels: readonly Kernel[], updates: ReadonlyMap<Storage, Value>, views: Views): Kernel[] {
  const written = new Set([...updates.values()].map((value) => views.of(value).base));
  const makers = new Map<Value, number>();
  kernels.forEach((kernel, i) => {
    for (const value of writesOf(kernel)) makers.set(value, i);
  });
  const needs = kernels.map((kernel) => new Set(readsOf(kernel).flatMap((value) => makers.get(value) ?? [])));
  let lastCheck: number | undefined;
  kernels.forEach((kernel, i) => {
    if (lastCheck !== undefined && followsChecks(kernel)) needs[i]!.add(lastCheck);
    if (isCheck(kernel)) lastCheck = i;
  });
  const users: number[][] = kernels.map(() => []);
  needs.forEach((from, i) => {
    for (const j of from) users[j]?.push(i);
  });
  const urgent = new Set<number>();
  const pending = lastCheck === undefined ? [] : [lastCheck];
  for (let i = pending.pop(); i !== undefined; i = pending.pop()) {
    if (urgent.has(i)) continue;
    urgent.add(i);
    for (const need of needs[i]!) pending.push(need);
  }
  // Every kernel comes as early as its inputs allow: first what checks wait for, last what overwrites captured tensors;
  // of those that are ready, the first recorded.
  const ready = [new PriorityQueue<number>(), new PriorityQueue<number>(), new PriorityQueue<number>()] as const;
  const add = (i: number): void => {
    const isLate = writesOf(kernels[i]!).some((value) => written.has(value));
    ready[urgent.has(i) ? 0 : isLate ? 2 : 1].add(i, i);
  };
  const next = (): number | undefined => ready[0].take() ?? ready[1].take() ?? ready[2].take();
  needs.forEach((from, i) => from.size === 0 && add(i));
  const order: Kernel[] = [];
  for (let i = next(); i !== undefined; i = next()) {
    order.push(kernels[i]!);
    for (const user of users[i] ?? []) {
      const left = needs[user]!;
      left.delete(i);
      if (left.size === 0) add(user);
    }
  }
  if (order.length !== kernels.length) throw new Error("schedule: kernels wait for each other.");
  return order;
}
