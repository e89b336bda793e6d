import type { Storage } from "@tapegrad/tensor/internal";
import { type Graph, type Operation, outputsOf, type Value } from "../graph/graph.ts";
import { Bands } from "./bands.ts";
import { chooseBuffers } from "./choose-buffers.ts";
import { classifier, type Classify } from "./classify.ts";
import { withEpilogue } from "./epilogue.ts";
import { withFolding } from "./folded-product.ts";
import { fuse } from "./fuse.ts";
import { insertCopies } from "./insert-copies.ts";
import type { OwnKernel, KernelDraft } from "./kernel-draft.ts";
import { isCheck, type Kernel } from "./kernel.ts";
import { lowerGroup, type Surroundings } from "./lower-group.ts";
import { lowerMatmul } from "./lower-matmul.ts";
import { joinOnlyReaders } from "./only-readers.ts";
import { PriorityQueue } from "./priority-queue.ts";
import { readsOf, writesOf } from "./reads-and-writes.ts";
import { operations as rows } from "../operations/operations.ts";
import { reachedRows } from "./reached-rows.ts";
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
  const { graph, lastRows } = reachedRows(insertCopies(lowered, views, classify), views, classify);
  const drafts = fuse(graph, { views, classify, lastRows });
  const buffered = chooseBuffers(drafts, graph, views, classify);
  for (const value of buffered) {
    const last = lastRows.get(value);
    if (last !== undefined) buffered.add(last);
  }
  const surroundings = { buffered, views, lastRows, bands: new Bands(graph, views), checks: checksBefore(graph) };
  const unfinished = drafts.flatMap((draft) => kernelOf(draft, surroundings, classify) ?? []);
  const outputs = new Set(outputsOf(graph).map((value) => views.of(value).base));
  const kernels = joinOnlyReaders(
    unfinished,
    outputs,
    (product, reader) => withEpilogue(product, reader) ?? withFolding(product, reader),
  );
  return { graph, views, kernels: inOrder(kernels, graph.updates, views) };
}

/** How many checks were recorded before each operation that relies on them, and before each check. */
function checksBefore({ operations }: Graph): ReadonlyMap<Operation, number> {
  const before = new Map<Operation, number>();
  let count = 0;
  for (const operation of operations) {
    const { kind, isTrusting } = rows[operation.name];
    if (kind === "check") before.set(operation, count++);
    else if (isTrusting) before.set(operation, count);
  }
  return before;
}

function kernelOf(draft: KernelDraft, surroundings: Surroundings, classify: Classify): Kernel | undefined {
  if (draft.kind === "loops") return lowerGroup(draft, surroundings);
  const { views, bands } = surroundings;
  return classify(draft.operation) === "matmul" ? lowerMatmul(draft, views, bands) : lowerRoutine(draft, surroundings);
}

function lowerRoutine({ operation, bases }: OwnKernel, { views, checks }: Surroundings): Kernel {
  const seen = operation.inputs.map((input) => views.of(input));
  return { kind: "routine", operation, inputs: bases, views: seen, checks: checks.get(operation) ?? 0 };
}

function inOrder(kernels: readonly Kernel[], updates: ReadonlyMap<Storage, Value>, views: Views): Kernel[] {
  const written = new Set([...updates.values()].map((value) => views.of(value).base));
  const makers = new Map<Value, number>();
  kernels.forEach((kernel, i) => {
    for (const value of writesOf(kernel)) makers.set(value, i);
  });
  const needs = kernels.map((kernel) => {
    const found = new Set<number>();
    for (const value of readsOf(kernel)) {
      const maker = makers.get(value);
      if (maker !== undefined) found.add(maker);
    }
    return found;
  });
  const checks = kernels.flatMap((kernel, i) => (isCheck(kernel) ? [i] : []));
  kernels.forEach((kernel, i) => {
    // Each check follows the one before.
    if (kernel.kind !== "matmul" && kernel.checks > 0) needs[i]!.add(checks[kernel.checks - 1]!);
  });
  const lastCheck = checks.at(-1);
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
