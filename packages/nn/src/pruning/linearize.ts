import { ValueError } from "@tapegrad/tensor";
import { expectNothing, expectNoTrace, quoted } from "@tapegrad/tensor/internal";
import { expectModule } from "../module/expect-module.ts";
import type { AnyModule } from "../module/module.ts";
import { activationAfter } from "./activation-after.ts";
import { isRanked } from "./layer-entropy.ts";

/**
 * Leaves out the activation behind a norm of `layerEntropy`, so that the layers around it are one linear map, which training
 * goes on with.
 *
 * Changes the model and returns it: an Identity takes the place of a layer of a Sequential, so that all other names stay; a
 * DenseBatchNorm loses its `activation`. `fold` makes the norm part of the layer before it. In a `forward` of one's own the order is
 * not known: an Identity is put there by hand.
 *
 * @param name of the norm, as `layerEntropy` and `namedModules` say it
 * @throws {ValueError} unless there is such a norm with an activation behind it
 * @throws {CompileError} while a function is traced
 * @see Liao et al., Till the Layers Collapse (2025), https://arxiv.org/abs/2412.15077
 * @example
 * const net = new Sequential(new Dense(2, 4), new BatchNorm(4), new ReLU(), new Dense(4, 2));
 * const lowest = pruning.layerEntropy(net).find(({ activation }) => activation !== undefined)!;
 * (pruning.linearize(net, lowest.name) as Sequential).at(2) instanceof Identity; // => true
 */
export function linearize<M extends AnyModule>(model: M, name: string, ...none: []): M {
  expectNothing("linearize", none);
  expectModule("linearize", "model", model);
  expectNoTrace("linearize", "Call it before.");
  const norms = model.namedModules().filter(([, module]) => isRanked(module));
  const norm = norms.find(([each]) => each === name)?.[1];
  if (norm === undefined) {
    throw new ValueError(`linearize: expected one of the norms ${norms.map(([each]) => each).join(", ")}, got ${quoted(name)}.`); // prettier-ignore
  }
  const activation = activationAfter(model, norm);
  if (activation === undefined) {
    throw new ValueError(
      `linearize: expected a norm right before an activation in a Sequential, or of a DenseBatchNorm, got ${quoted(name)}. ` +
        "Replace the activation by an Identity where forward calls it.",
    );
  }
  activation.leaveOut();
  return model;
}
