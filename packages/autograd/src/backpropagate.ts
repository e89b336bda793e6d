import { GradError } from "@tapegrad/tensor";
import {
  activeTracer,
  ArrayPool,
  gradHooksOf,
  gradMode,
  type GradNode,
  withArrayPool,
  withGradMode,
} from "@tapegrad/tensor/internal";
import type { Tensor, TypedArray } from "@tapegrad/tensor";
import { addBack } from "./add-back.ts";
import { GradientSum } from "./gradient-sum.ts";
import { NodeQueue } from "./node-queue.ts";
import { pullBack } from "./pullback.ts";
import { HookRun } from "./run-hooks.ts";

/** What to do with the graph on the way back. */
export interface BackpropagateOptions {
  /** Name of the function that was called, for messages. */
  readonly fn: string;
  /** Keep the saved tensors for another walk. */
  readonly retainGraph: boolean;
  /** Record the walk itself, for higher derivatives. */
  readonly createGraph: boolean;
  /** Walk only where these tensors are reached; all leaves if undefined. */
  readonly targets?: readonly Tensor[] | undefined;
  /** Do not go on behind the targets, and leave their hooks to the walk that does. */
  readonly stopAtTargets?: boolean;
}

/** What a walk back has found. */
export interface Walk {
  /** The gradients of all leaves that were reached, or of the targets, as the tape knows them. */
  readonly gradients: ReadonlyMap<Tensor, Tensor>;
  readonly hooks: HookRun;
}

/**
 * Walks back from `outputs`, each node after all its consumers, without recursion.
 *
 * @param cotangents one per output, of its shape and dtype
 * @returns the gradients of all leaves that were reached, or of the targets
 */
export function backpropagate(
  outputs: readonly Tensor[],
  cotangents: readonly Tensor[],
  options: BackpropagateOptions,
): Walk {
  gradMode.detector?.checkOutputs(outputs);
  const isRecorded = options.createGraph || activeTracer() !== undefined;
  const pool = isRecorded ? undefined : new ArrayPool();
  return withArrayPool(pool, () => {
    return withGradMode(options.createGraph, () => walk(outputs, cotangents, options, pool));
  });
}

function walk(
  outputs: readonly Tensor[],
  cotangents: readonly Tensor[],
  { fn, retainGraph, targets, stopAtTargets }: BackpropagateOptions,
  pool: ArrayPool | undefined,
): Walk {
  const sums = new Map<Tensor, GradientSum>();
  const gradients = new Map<Tensor, Tensor>();
  const queue = new NodeQueue();
  const hooks = new HookRun();
  const kept = new Set(targets?.map((target) => target["onTape"]));
  const isEnd = (tensor: Tensor): boolean => stopAtTargets === true && kept.has(tensor["onTape"]);
  const sumOf = (given: Tensor): GradientSum => {
    const tensor = given["onTape"];
    let sum = sums.get(tensor);
    if (sum === undefined) {
      sum = new GradientSum(pool);
      sums.set(tensor, sum);
      if (tensor.node !== undefined && !isEnd(tensor)) queue.push(tensor.node);
    }
    return sum;
  };

  const path = targets === undefined ? undefined : nodesToward(kept, ancestors(outputs, isEnd));
  const onPath = (tensor: Tensor): boolean =>
    kept.has(tensor["onTape"]) || (tensor.node !== undefined && path?.has(tensor.node) === true);
  const wanted = path === undefined ? (tensor: Tensor): boolean => tensor.requiresGrad : onPath;

  outputs.forEach((output, i) => {
    if (wanted(output)) sumOf(output).add(cotangents[i]!, false);
  });
  const needless: GradNode[] = [];
  let last: GradNode | undefined;
  for (let node = queue.pop(); node !== undefined; node = queue.pop()) {
    if (node === last) continue;
    last = node;
    // Arrays of cotangents that nobody has seen, nor will.
    const ending = new Set<TypedArray>();
    const nodeCts = node.outputs.map((output) => {
      const sum = sums.get(output);
      if (sum === undefined || isEnd(output)) return sum?.value;
      const ct = hooks.run(output, sum.value);
      sums.delete(output);
      if (kept.has(output)) gradients.set(output, ct);
      else if (sum.isOwn && gradHooksOf(output).length === 0) ending.add(ct.storage.data!);
      return ct;
    });
    if (path !== undefined && !path.has(node)) continue;
    checkNotFreed(fn, node);
    const isAdded = pool !== undefined && addBack(node, nodeCts[0], wanted, sumOf);
    const inputCts = isAdded ? [] : pullBack(node, nodeCts, wanted, undefined, pool);
    inputCts.forEach((ct, i) => {
      if (ct !== undefined) sumOf(node.inputs[i]!).add(ct, isFresh(ct, node, nodeCts, inputCts, ending));
    });
    if (node.pullback === undefined) {
      for (const array of ending) if (!inputCts.some((ct) => ct?.storage.data === array)) pool?.give(array);
    }
    if (retainGraph) continue;
    if (node.readSaved || node.pullback !== undefined) node.free();
    else needless.push(node);
  }
  // Inputs first: what needs nothing saved can be walked again, unless that leads to what cannot.
  for (const node of needless.reverse()) if (node.inputs.some((input) => input.node?.freed === true)) node.free();
  for (const [tensor, { value }] of sums) {
    gradients.set(tensor, tensor.node === undefined && !isEnd(tensor) ? hooks.run(tensor, value) : value);
  }
  return { gradients, hooks };
}

/**
 * Whether the array of a gradient is no other's: the table has made it, or it is one of those that end at this node and goes
 * on to one input alone.
 */
function isFresh(
  gradient: Tensor,
  node: GradNode,
  cts: readonly (Tensor | undefined)[],
  inputCts: readonly (Tensor | undefined)[],
  ending: ReadonlySet<unknown>,
): boolean {
  if (node.pullback !== undefined) return false;
  const { data } = gradient.storage;
  const isThis = (tensor: Tensor | undefined): boolean => tensor?.storage.data === data;
  if (node.inputs.some(isThis) || node.outputs.some(isThis)) return false;
  return cts.some(isThis) ? ending.has(data) && inputCts.filter(isThis).length === 1 : true;
}

/** Those of `nodes`, last created first, that have any of `targets` behind them. */
function nodesToward(targets: ReadonlySet<Tensor>, nodes: readonly GradNode[]): Set<GradNode> {
  const path = new Set<GradNode>();
  // Any target made earlier may lie behind a freed node: the walk must get there and say so.
  const earliest = Math.min(...[...targets].map(({ node }) => node?.sequence ?? -1));
  for (const node of nodes.toReversed()) {
    if (node.freed && node.sequence > earliest) path.add(node);
    for (const input of node.inputs) {
      if (targets.has(input["onTape"]) || (input.node !== undefined && path.has(input.node))) {
        path.add(node);
        break;
      }
    }
  }
  return path;
}

/** Every node behind `outputs`, last created first; does not go on behind a tensor for which `isEnd` holds. */
export function ancestors(outputs: readonly Tensor[], isEnd: (tensor: Tensor) => boolean = never): GradNode[] {
  const seen = new Set<GradNode>();
  const pending: GradNode[] = [];
  const visit = (tensor: Tensor): void => {
    if (isEnd(tensor) || tensor.node === undefined || seen.has(tensor.node)) return;
    seen.add(tensor.node);
    pending.push(tensor.node);
  };
  outputs.forEach(visit);
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) node.inputs.forEach(visit);
  return [...seen].sort((a, b) => b.sequence - a.sequence);
}

function never(): boolean {
  return false;
}

function checkNotFreed(fn: string, node: GradNode): void {
  if (!node.freed) return;
  throw new GradError(
    `${fn}: expected a graph whose saved tensors are still there, got one freed by an earlier backward ` +
      `(at '${node.name}'). Pass { retainGraph: true } to the earlier call to go back twice.`,
  );
}
