import type { Tensor } from "@tapegrad/tensor";
import { quoted } from "@tapegrad/tensor/internal";
import { ValueError } from "@tapegrad/tensor";
import type { Estimator, Transform } from "./transform.ts";

/**
 * Several transforms one after the other; `inverse` undoes them from the last to the first.
 *
 * If one of them has to be fitted, so has the whole: each is then fitted on what those before it make of the samples.
 *
 * @throws {ValueError} if there is none
 * @example
 * const pipeline = compose(minMax(), normalize({ mean: 0.5, std: 0.5 })).fit(tensor([[0], [4]]));
 * pipeline.apply(tensor([[0], [4]])).toArray(); // => [[-1], [1]]
 */
export function compose(...parts: readonly Transform[]): Transform;
export function compose(...parts: readonly (Transform | Estimator)[]): Estimator;
export function compose(...parts: readonly (Transform | Estimator)[]): Transform | Estimator {
  if (parts.length === 0) throw new ValueError("compose: expected at least one transform, got none.");
  for (const part of parts) {
    if (!isPart(part)) {
      throw new ValueError(`compose: expected transforms with apply and inverse or with fit, got ${quoted(part)}.`);
    }
  }
  const fitted = parts.filter((part): part is Transform => "apply" in part);
  if (fitted.length === parts.length) return chain(fitted);
  return {
    fit(train) {
      let x = train;
      const steps = parts.map((part) => {
        const step = "apply" in part ? part : part.fit(x);
        x = step.apply(x);
        return step;
      });
      return chain(steps);
    },
  };
}

function chain(steps: readonly Transform[]): Transform {
  return {
    apply: (x: Tensor) => steps.reduce((value, step) => step.apply(value), x),
    inverse: (y: Tensor) => steps.reduceRight((value, step) => step.inverse(value), y),
  };
}

function isPart(part: unknown): boolean {
  const { apply, inverse, fit } = (part ?? {}) as Partial<Transform & Estimator>;
  // A function has an apply, too, but no inverse.
  return (typeof apply === "function" && typeof inverse === "function") || typeof fit === "function";
}
