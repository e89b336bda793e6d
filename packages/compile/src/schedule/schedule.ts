import { type Graph, type Operation, outputsOf } from "../graph/graph.ts";
import { Bands } from "./bands.ts";
import { chooseBuffers } from "./choose-buffers.ts";
import { Categories } from "./categories.ts";
import { withEpilogue } from "./epilogue.ts";
import { withFolding } from "./folded-product.ts";
import { fuse } from "./fuse.ts";
import { insertCopies } from "./insert-copies.ts";
import type { OwnKernel, KernelDraft } from "./kernel-draft.ts";
import type { Kernel } from "./kernel.ts";
import { inOrder } from "./kernel-order.ts";
import { lowerGroup, type Surroundings } from "./lower-group.ts";
import { lowerMatmul } from "./lower-matmul.ts";
import { joinOnlyReaders } from "./only-readers.ts";
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
  const categories = new Categories(canFuse);
  const { graph, lastRows } = reachedRows(insertCopies(lowered, views, categories), views, categories);
  const drafts = fuse(graph, { views, categories, lastRows });
  const buffered = chooseBuffers(drafts, graph, views, categories);
  for (const value of buffered) {
    const last = lastRows.get(value);
    if (last !== undefined) buffered.add(last);
  }
  const surroundings = { buffered, views, lastRows, bands: new Bands(graph, views), checks: checksBefore(graph) };
  const unfinished = drafts.flatMap((draft) => kernelOf(draft, surroundings, categories) ?? []);
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

function kernelOf(draft: KernelDraft, surroundings: Surroundings, categories: Categories): Kernel | undefined {
  if (draft.kind === "loops") return lowerGroup(draft, surroundings);
  const { views, bands } = surroundings;
  return categories.of(draft.operation) === "matmul"
    ? lowerMatmul(draft, views, bands)
    : lowerRoutine(draft, surroundings);
}

function lowerRoutine({ operation, bases }: OwnKernel, { views, checks }: Surroundings): Kernel {
  const seen = operation.inputs.map((input) => views.of(input));
  return { kind: "routine", operation, inputs: bases, views: seen, checks: checks.get(operation) ?? 0 };
}
