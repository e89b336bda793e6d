import type { HookHandle } from "@tapegrad/tensor";
import { expectFunction, expectNothing, noHooks, type OptionTable, settleOptions } from "@tapegrad/tensor/internal";
import { globalHooks } from "./global-hooks.ts";
import {
  type ForwardHook,
  type ForwardHookOptions,
  forwardHookTable,
  type ForwardPreHook,
  type FullBackwardHook,
  type FullBackwardPreHook,
  type HookEntry,
  type HookOptions,
  hookTable,
} from "./hook-lists.ts";
import type { AnyModule } from "./module.ts";
import { ModuleNode } from "./module-node.ts";
import { addHook } from "./own-hooks.ts";
import {
  addStateHook,
  type LoadStateDictPostHook,
  type LoadStateDictPreHook,
  type StateDictPostHook,
  type StateDictPreHook,
  type StateHookKinds,
} from "./state-hooks.ts";

/** The part of `Module` that takes hooks. */
export abstract class HookedModule extends ModuleNode {
  /** @internal Whether there are hooks of all modules, which may make anything of inputs and outputs. */
  protected static get areHooked(): boolean {
    return globalHooks.get() !== noHooks;
  }

  /**
   * Calls `hook(module, inputs, output)` after every `forward`; what it returns replaces the output. With `alwaysCall` also
   * after one that throws, perhaps without an output; the error goes on.
   */
  registerForwardHook<M extends AnyModule>(
    this: M,
    hook: ForwardHook<M>,
    options?: ForwardHookOptions & { readonly alwaysCall?: false },
  ): HookHandle;
  registerForwardHook<M extends AnyModule>(
    this: M,
    hook: ForwardHook<M, ReturnType<M["forward"]> | undefined>,
    options: ForwardHookOptions,
  ): HookHandle;
  registerForwardHook<M extends AnyModule>(
    this: M,
    hook: ForwardHook<M, never>,
    options: ForwardHookOptions = {},
  ): HookHandle {
    return register("registerForwardHook", this, "post", hook, options, forwardHookTable);
  }

  /** Calls `hook(module, inputs)` before every `forward`; the array it returns replaces the inputs. */
  registerForwardPreHook<M extends AnyModule>(this: M, hook: ForwardPreHook<M>, options: HookOptions = {}): HookHandle {
    return register("registerForwardPreHook", this, "pre", hook, options, hookTable);
  }

  /**
   * Calls `hook(module, gradInputs, gradOutputs)` on every way back through the module, once the gradients of its inputs
   * are known; what it returns replaces them. Where no input requires gradients it is called when those of the output are
   * known, and may replace nothing.
   *
   * There is a gradient for each tensor among the inputs and in the output, in order, those in lists and plain objects
   * included: undefined for one that requires none or has none.
   *
   * @throws {ValueError} on the way back, when the hook gives another number of gradients, or what is none; errors too for
   *   another shape or dtype
   * @throws {GradError} on the way back, when the hook gives something though no input requires gradients
   * @example
   * const layer = new Tanh();
   * layer.registerFullBackwardHook((_, [gradInput], [gradOutput]) => [gradOutput]);
   * const x = tensor([1, 2], { requiresGrad: true });
   * layer.forward(x).mul(3).sum().backward();
   * x.grad?.toArray(); // => [3, 3]
   */
  registerFullBackwardHook<M extends AnyModule>(
    this: M,
    hook: FullBackwardHook<M>,
    options: HookOptions = {},
  ): HookHandle {
    return register("registerFullBackwardHook", this, "backward", hook, options, hookTable);
  }

  /**
   * Calls `hook(module, gradOutputs)` on every way back, before it goes through the module; what it returns replaces the
   * gradients of the output.
   *
   * @throws {ValueError} on the way back, as `registerFullBackwardHook` does
   */
  registerFullBackwardPreHook<M extends AnyModule>(
    this: M,
    hook: FullBackwardPreHook<M>,
    options: HookOptions = {},
  ): HookHandle {
    return register("registerFullBackwardPreHook", this, "backwardPre", hook, options, hookTable);
  }

  /** Calls `hook(module, prefix)` before the state of the module is read, also as part of another's. */
  registerStateDictPreHook<M extends AnyModule>(this: M, hook: StateDictPreHook<M>, ...none: []): HookHandle {
    expectNothing("registerStateDictPreHook", none);
    return registerOfState("registerStateDictPreHook", this, "beforeRead", hook);
  }

  /** Calls `hook(module, dict, prefix)` once the state of the module and of all inside has been read: it may change `dict`. */
  registerStateDictPostHook<M extends AnyModule>(this: M, hook: StateDictPostHook<M>, ...none: []): HookHandle {
    expectNothing("registerStateDictPostHook", none);
    return registerOfState("registerStateDictPostHook", this, "afterRead", hook);
  }

  /**
   * Calls `hook(module, dict, prefix)` before a state is loaded into the module, also as part of another's: it may change
   * `dict`, a copy of what is loaded, such as to rename what was called otherwise.
   *
   * @example
   * const layer = new Dense(2, 1, { bias: false });
   * layer.registerLoadStateDictPreHook((_, dict, prefix) => {
   *   const old = dict[`${prefix}kernel`];
   *   if (old !== undefined) dict[`${prefix}weight`] = old.transpose();
   *   delete dict[`${prefix}kernel`];
   * });
   * layer.loadStateDict({ kernel: tensor([[3], [4]]) });
   * layer.weight.toArray(); // => [[3, 4]]
   */
  registerLoadStateDictPreHook<M extends AnyModule>(this: M, hook: LoadStateDictPreHook<M>, ...none: []): HookHandle {
    expectNothing("registerLoadStateDictPreHook", none);
    return registerOfState("registerLoadStateDictPreHook", this, "beforeLoad", hook);
  }

  /**
   * Calls `hook(module, keys)` once a state has been loaded into the module and all inside: keys that it takes from
   * `keys.missing` and `keys.unexpected` are no error. Where an error is left, or the hook throws, what was loaded is put back.
   */
  registerLoadStateDictPostHook<M extends AnyModule>(this: M, hook: LoadStateDictPostHook<M>, ...none: []): HookHandle {
    expectNothing("registerLoadStateDictPostHook", none);
    return registerOfState("registerLoadStateDictPostHook", this, "afterLoad", hook);
  }
}

function register(
  fn: string,
  module: object,
  kind: HookEntry["kind"],
  hook: unknown,
  options: HookOptions,
  table: OptionTable<HookOptions>,
): HookHandle {
  const settled = settleOptions(fn, options, table);
  expectFunction(fn, "hook", hook);
  return addHook(module, { kind, run: hook, alwaysCall: false, ...settled } as HookEntry, settled.prepend);
}

function registerOfState(fn: string, module: object, kind: keyof StateHookKinds, hook: unknown): HookHandle {
  expectFunction(fn, "hook", hook);
  return addStateHook(module, kind, hook as StateHookKinds[typeof kind]);
}
