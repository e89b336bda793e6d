import type { HookHandle } from "@tapegrad/tensor";
import { expectFunction, noHooks, type OptionTable, settleOptions } from "@tapegrad/tensor/internal";
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
