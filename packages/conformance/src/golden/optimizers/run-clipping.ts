import { clipGradNorm, clipGradValue } from "@tapegrad/optim";
import { type Tensor, zeros, zerosLike } from "@tapegrad/tensor";
import { type GoldenTensor, number, toTensor } from "../format.ts";
import type { CaseRunner } from "../run-case.ts";
import { settings } from "../settings.ts";
import { setGradients } from "./run-optimizer.ts";

/** Clips the gradients of a case; compares the norm and what is left of them. */
export const runClipping: CaseRunner = ({ op, config, inputs = {}, outputs = [], gradsAfter = {}, error }, check) => {
  const names = Object.keys({ ...inputs, ...gradsAfter });
  const params = Object.fromEntries(names.map((name) => [name, freshParameter(inputs[name])]));
  setGradients(params, inputs);
  const clip = (): readonly Tensor[] => {
    if (op === "clip_grad_value_") {
      clipGradValue(Object.values(params), number(config["clip_value"]));
      return [];
    }
    const { maxNorm, ...options } = settings<{ maxNorm: number; normType?: number; errorIfNonfinite?: boolean }>(
      config,
      {
        max_norm: "maxNorm",
        norm_type: "normType",
        error_if_nonfinite: "errorIfNonfinite",
      },
    );
    return [clipGradNorm(Object.values(params), maxNorm, options)];
  };
  if (error !== undefined) {
    check.throws(clip);
    return;
  }
  const got = clip();
  check.same("number of outputs", got.length, outputs.length);
  outputs.forEach((want, i) => check.tensor(`outputs[${i}]`, got[i], want));
  for (const [name, want] of Object.entries(gradsAfter)) check.tensor(`gradsAfter.${name}`, params[name]?.grad, want);
};

/** Zeros for a gradient to be one of. */
function freshParameter(grad: GoldenTensor | null | undefined): Tensor {
  return grad === undefined || grad === null ? zeros([1]) : zerosLike(toTensor(grad));
}
