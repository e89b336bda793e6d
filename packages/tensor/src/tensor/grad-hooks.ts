import { GradError } from "../errors.ts";
import { addHookTo, type HookHandle, noHooks } from "../hook-handle.ts";
import { Cell } from "./cell.ts";
import type { TensorCore } from "./core.ts";
import type { Tensor } from "./tensor.ts";
import { activeTracer } from "./tracer.ts";

/** Sees the gradient of a tensor on the way back; what it returns replaces the gradient. */
export type GradHook = (gradient: Tensor) => Tensor | undefined | void;

/** Sees a leaf after `backward` has added to its `grad`. */
export type PostAccumulateGradHook = (leaf: Tensor) => void;

/** What is to happen where the gradient of a tensor is known. */
type GradHookEntry =
  | { readonly kind: "gradient"; readonly run: GradHook }
  | { readonly kind: "accumulated"; readonly run: PostAccumulateGradHook }
  | typeof retaining;

/** Keeps the gradient, of a tensor that is no leaf. */
const retaining = { kind: "retaining" } as const;

/** The hooks of a tensor, in order; never changed, but replaced by others. */
export type GradHooks = readonly GradHookEntry[];

/**
 * The hooks of a tensor. Those of a leaf are kept in a cell, so that a trace depends on them; what a trace makes itself
 * gets its hooks there too.
 */
export function gradHooksOf(tensor: TensorCore): GradHooks {
  const hooks = tensor["onTape"]["hooks"];
  if (hooks instanceof Cell) return hooks.get();
  if (hooks !== undefined) return hooks;
  return activeTracer() === undefined || !isVariable(tensor) ? noHooks : cellOf(tensor).get();
}

/** A leaf with elements: one that may have been there before a trace. */
function isVariable({ node, storage }: TensorCore): boolean {
  return node === undefined && storage.data !== undefined;
}

function cellOf(tensor: TensorCore): Cell<GradHooks> {
  const cell = new Cell<GradHooks>(noHooks, "the hooks of a tensor");
  tensor["hooks"] = cell;
  return cell;
}

function setGradHooks(tensor: TensorCore, hooks: GradHooks): void {
  const known = tensor["hooks"];
  if (known instanceof Cell) known.set(hooks);
  else if (isVariable(tensor)) cellOf(tensor).set(hooks);
  else tensor["hooks"] = hooks;
}

/** Adds an entry to the hooks; the handle takes it out. */
export function addGradHook(fn: string, given: TensorCore, entry: GradHookEntry): HookHandle {
  const tensor = expectDifferentiable(fn, given);
  return addHookTo({ get: () => gradHooksOf(tensor), set: (hooks) => setGradHooks(tensor, hooks) }, entry);
}

/** Lets the gradient of a tensor be kept that is no leaf. */
export function retainGrad(fn: string, given: TensorCore): void {
  const { node } = expectDifferentiable(fn, given);
  if (node !== undefined && !gradHooksOf(given).includes(retaining)) addGradHook(fn, given, retaining);
}

function expectDifferentiable(fn: string, tensor: TensorCore): TensorCore {
  if (tensor.requiresGrad) return tensor["onTape"];
  throw new GradError(
    `${fn}: expected a tensor that requires gradients, got one that does not. ` +
      "Create it with requiresGrad: true, or compute it of tensors that do.",
  );
}
