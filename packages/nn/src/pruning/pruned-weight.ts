import { assign, onesLike, type Tensor, where } from "@tapegrad/tensor";
import { expectModule } from "../module/expect-module.ts";
import { expectNothing, expectNoTrace } from "@tapegrad/tensor/internal";
import { Buffer } from "../module/buffer.ts";
import { computationOf } from "../module/computed-tensor.ts";
import type { Parameter } from "../module/parameter.ts";
import { computeWeight, restoreWeight, type Weighted, weightParameter } from "../norms/computed-weight.ts";

/** What pruning adds to a module. */
export interface Pruned {
  /** The weight before it is masked: the very parameter that was `weight`. */
  readonly weightOrig: Parameter;
  /** 1 where the weight stays, 0 where it is pruned; of its shape and dtype. */
  readonly weightMask: Buffer;
}

/** What computes the weight of a pruned module, for messages. */
const by = "pruning";

/** Whether the weight of a module is masked. */
export function isPruned(module: object): module is Weighted & Pruned {
  return computationOf(module, "weight")?.by === by;
}

/** The mask of a module that can be pruned, all ones where it is not yet; throws for others, and in a trace. */
export function maskOf(fn: string, module: Weighted): Tensor {
  expectModule(fn, "module", module);
  expectNoTrace(fn, "Prune before the call.");
  return isPruned(module) ? module.weightMask : onesLike(weightParameter(fn, module)).detach();
}

/** Gives a module that {@link maskOf} has seen another mask: floats of 0 and 1. */
export function setMask<M extends Weighted>(module: M, mask: Tensor): M & Pruned {
  if (isPruned(module)) {
    assign(module.weightMask, mask);
    return module;
  }
  const fields: Pruned = { weightOrig: weightParameter(by, module), weightMask: new Buffer(mask.clone()) };
  return computeWeight(module, fields, {
    by,
    origin: "weightOrig",
    // A choice, not a product: what is pruned is 0 even if it has become NaN or infinite.
    compute: ({ weightOrig, weightMask }) => where(weightMask.ne(0), weightOrig, 0),
  });
}

/**
 * Makes pruning permanent: `weight` is the same parameter as before it was pruned, with zeros where the mask has them, and
 * the mask is gone. Training moves the zeros again.
 *
 * Changes the module and returns it. The weight is the last parameter in the state dictionary, as in PyTorch; optimizers that
 * train it go on.
 *
 * @throws {ValueError} when the module is not pruned
 * @throws {CompileError} while a function is traced
 * @example
 * const layer = pruning.l1Unstructured(new Dense(2, 2), 0.5);
 * Object.keys(layer.stateDict()); // => ["bias", "weight_orig", "weight_mask"]
 * pruning.remove(layer).weight.eq(0).to("int32").sum().item(); // => 2
 * Object.keys(layer.stateDict()); // => ["bias", "weight"]
 */
export function remove<M extends Weighted>(module: M, ...none: []): M {
  expectNothing("remove", none);
  return restoreWeight("remove", module, by, (value, origin) => {
    assign(origin, value);
    return origin;
  });
}
