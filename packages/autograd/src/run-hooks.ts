import { Tensor, ValueError } from "@tapegrad/tensor";
import { checkGrad, formatValue, gradHooksOf } from "@tapegrad/tensor/internal";

/** What hooks of tensors have seen on one walk back. */
export class HookRun {
  /** Gradients of results that are to be kept. */
  readonly retained: Map<Tensor, Tensor> = new Map();
  /** The arrays that hooks were given and gave: users may hold them. */
  readonly seen: Set<unknown> = new Set();

  /** The gradient of a tensor after its hooks. */
  run(tensor: Tensor, gradient: Tensor): Tensor {
    const hooks = gradHooksOf(tensor);
    let now = gradient;
    for (const hook of hooks) {
      if (hook.kind !== "gradient") continue;
      this.seen.add(elementsOf(now));
      const replaced: unknown = hook.run(now);
      if (replaced === undefined) continue;
      if (!(replaced instanceof Tensor)) {
        throw new ValueError(
          `registerHook: expected the hook to give a gradient or undefined, got ${formatValue(replaced)}.`,
        );
      }
      checkGrad("registerHook", replaced, tensor);
      this.seen.add(elementsOf(replaced));
      now = replaced;
    }
    if (hooks.some(({ kind }) => kind === "retaining")) this.retained.set(tensor, now);
    return now;
  }
}

/** Whether a tensor on the tape has elements: inside savedTensorsHooks the tape keeps those of leaves alone. */
export function hasElements({ storage }: Tensor): boolean {
  return storage.data !== undefined;
}

/** The array behind a tensor, or its storage while there is no array yet. */
export function elementsOf({ storage }: Tensor): unknown {
  return storage.data ?? storage;
}
