import { GradError } from "../errors.ts";
import type { HookHandle } from "../hook-handle.ts";
import { Cell } from "./cell.ts";
import type { TensorCore } from "./core.ts";
import type { Tensor } from "./tensor.ts";
import { activeTracer } from "./tracer.ts";

/** Sees the gradient of a tensor on the way back; what it returns replaces the gradient. */
export type GradHook = (gradient: Tensor) => Tensor | undefined | void;

/** Sees a leaf after `backward` has added to its `grad`. */
export type PostAccumulateGradHook = (leaf: Tensor) => void;

/** What is to happen where the gradient of a tensor is known; never changed, but replaced by another. */
export interface GradHooks {
  readonly gradient: readonly { readonly run: GradHook }[];
  readonly accumulated: readonly { readonly run: PostAccumulateGradHook }[];
  /** Whether the gradient is kept, of a tensor that is no leaf. */
  readonly retains: boolean;
}

const none: GradHooks = { gradient: [], accumulated: [], retains: false };

/**
 * The hooks of a tensor. Those of a leaf are kept in a cell, so that a trace depends on them; what a trace makes itself
 * gets its hooks there too.
 */
export function gradHooksOf(tensor: TensorCore): GradHooks {
  const hooks = tensor["onTape"]["hooks"];
  if (hooks instanceof Cell) return hooks.get();
  if (hooks !== undefined) return hooks;
  return activeTracer() === undefined || !isVariable(tensor) ? none : cellOf(tensor).get();
}

/** A leaf with elements: one that may have been there before a trace. */
function isVariable({ node, storage }: TensorCore): boolean {
  return node === undefined && storage.data !== undefined;
}

function cellOf(tensor: TensorCore): Cell<GradHooks> {
  const cell = new Cell(none, "the hooks of a tensor");
  tensor["hooks"] = cell;
  return cell;
}

function setGradHooks(tensor: TensorCore, hooks: GradHooks): void {
  const known = tensor["hooks"];
  if (known instanceof Cell) known.set(hooks);
  else if (isVariable(tensor)) cellOf(tensor).set(hooks);
  else tensor["hooks"] = hooks;
}

/** Adds an entry to one list of hooks; the handle takes it out. */
export function addGradHook<K extends "gradient" | "accumulated">(
  fn: string,
  given: TensorCore,
  kind: K,
  run: GradHooks[K][number]["run"],
): HookHandle {
  const tensor = expectDifferentiable(fn, given);
  const entry = { run };
  const hooks = gradHooksOf(tensor);
  setGradHooks(tensor, { ...hooks, [kind]: [...hooks[kind], entry] });
  return {
    remove: () => {
      const present = gradHooksOf(tensor);
      const rest = (present[kind] as readonly unknown[]).filter((other) => other !== entry);
      if (rest.length === present[kind].length) return;
      const left: GradHooks = { ...present, [kind]: rest };
      // Without hooks it is as it was before them, for traces too.
      setGradHooks(tensor, left.gradient.length + left.accumulated.length === 0 && !left.retains ? none : left);
    },
  };
}

/** Lets the gradient of a tensor be kept that is no leaf. */
export function retainGrad(fn: string, given: TensorCore): void {
  const tensor = expectDifferentiable(fn, given);
  if (tensor.node !== undefined) setGradHooks(tensor, { ...gradHooksOf(tensor), retains: true });
}

function expectDifferentiable(fn: string, tensor: TensorCore): TensorCore {
  if (tensor.requiresGrad) return tensor["onTape"];
  throw new GradError(
    `${fn}: expected a tensor that requires gradients, got one that does not. ` +
      "Create it with requiresGrad: true, or compute it of tensors that do.",
  );
}
