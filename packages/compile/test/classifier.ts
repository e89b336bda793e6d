import { BatchNorm, Dense, functional, type Module, ReLU, Sequential } from "@tapegrad/nn";
import { Adam } from "@tapegrad/optim";
import { Generator, manualSeed, randn, type Tensor, tensor } from "@tapegrad/tensor";
import { snapshot, type Wrap } from "./same-as-eager.ts";

/** A small classifier with both kinds of state, the same on every call. */
export function classifier(): Module {
  manualSeed(1);
  // A bias before BatchNorm has no gradient but rounding, of which Adam would make whole steps.
  return new Sequential(new Dense(6, 8, { bias: false }), new BatchNorm(8), new ReLU(), new Dense(8, 3));
}

export function batch(size: number, seed: number): [Tensor, Tensor] {
  const generator = new Generator(seed);
  const y = tensor(
    Array.from({ length: size }, (_, i) => (i * 5 + seed) % 3),
    { dtype: "int32" },
  );
  return [randn([size, 6], { generator }), y];
}

export const stateOf = (model: Module): Record<string, Tensor | undefined> =>
  Object.fromEntries(Object.entries(model.stateDict()).map(([key, value]) => [key, snapshot(value)]));
export const gradsOf = (model: Module): (Tensor | undefined)[] => model.parameters().map(({ grad }) => snapshot(grad));

export function training(wrap: Wrap, model: Module, lr = 1e-2): (x: Tensor, y: Tensor) => Tensor {
  const optimizer = new Adam(model.parameters(), { lr });
  return wrap((x: Tensor, y: Tensor) => {
    optimizer.zeroGrad();
    const loss = functional.crossEntropy(model.forward(x), y);
    loss.backward();
    optimizer.step();
    return loss;
  });
}
