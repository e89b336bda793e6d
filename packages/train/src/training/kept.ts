import type { AnyModule } from "@tapegrad/nn";
import { assign, defaultGenerator, Generator, type Tensor } from "@tapegrad/tensor";
import { convertStorage } from "@tapegrad/tensor/internal";
import { keptModes } from "./with-mode.ts";

/**
 * Remembers weights, buffers, gradients, modes and generators of a net, and the default generator; what it returns brings
 * all of it back.
 */
export function kept(net: AnyModule): () => void {
  const tensors = [...net.parameters(), ...net.buffers()].map((tensor) => keptTensor(tensor));
  const restores = [...tensors, keptGenerators(net), keptModes(net)];
  return () => {
    for (const restore of restores) restore();
  };
}

/** Remembers the generators of a net, and the default generator; what it returns makes them draw the same once more. */
export function keptGenerators(net: AnyModule): () => void {
  const states = [defaultGenerator(), ...generatorsOf(net)].map(
    (generator) => [generator, generator.stateDict()] as const,
  );
  return () => {
    for (const [generator, state] of states) generator.loadStateDict(state);
  };
}

function keptTensor(tensor: Tensor): () => void {
  const { dtype, grad } = tensor;
  const values = tensor.detach().clone();
  return () => {
    convertStorage(tensor, dtype);
    assign(tensor, values);
    tensor.grad = grad;
  };
}

/** Generators that layers were given, such as that of a Dropout. */
function generatorsOf(net: AnyModule): Generator[] {
  const found = net.modules().flatMap((module) => {
    const { options = {} } = module as { readonly options?: object };
    return [...Object.values(module), ...Object.values(options)] as unknown[];
  });
  return [...new Set(found)].filter((value) => value instanceof Generator);
}
