import { noGrad } from "@tapegrad/autograd";
import { assign, Generator, randn, type Tensor } from "@tapegrad/tensor";
import { isFloat } from "@tapegrad/tensor/internal";
import { keptGenerators } from "../../training/kept.ts";
import type { SanityCheck } from "./check.ts";
import { leaving, lossOf, type Subject } from "./subject.ts";

const directions = 3;
const eps = 1e-6;
const tolerance = 1e-5;

/**
 * In float64 and along random directions d of all parameters together, the gradient says what differences say:
 * `⟨∇L, d⟩ = (8·(L(h) − L(−h)) − (L(2h) − L(−2h))) / 12h`.
 */
export function checkGradients(subject: Subject): SanityCheck {
  const { net, batch } = subject;
  const worst = leaving(net, () => {
    net.to("float64");
    const double: Subject = {
      ...subject,
      batch: {
        inputs: batch.inputs.map((input) => (isFloat(input.dtype) ? input.detach().to("float64") : input)),
        target: isFloat(batch.target.dtype) ? batch.target.detach().to("float64") : batch.target,
        weight: batch.weight?.to("float64"),
      },
    };
    const parameters = net.parameters().filter(({ requiresGrad }) => requiresGrad);
    // All see one dropout.
    const redraw = keptGenerators(net);
    const loss = (): Tensor => {
      redraw();
      return lossOf(double);
    };
    net.zeroGrad();
    loss().backward();
    const values = parameters.map((parameter) => parameter.detach().clone());
    const generator = new Generator(0);
    const errors = Array.from({ length: directions }, () => {
      const steps = parameters.map(({ shape }) => randn(shape, { dtype: "float64", generator }));
      const analytic = parameters.reduce((sum, { grad }, i) => sum + (grad?.mul(steps[i]!).sum().item() ?? 0), 0);
      const at = (h: number): number =>
        noGrad(() => {
          parameters.forEach((parameter, i) => assign(parameter, values[i]!.add(steps[i]!.mul(h))));
          return loss().item();
        });
      const numeric = (8 * (at(eps) - at(-eps)) - (at(2 * eps) - at(-2 * eps))) / (12 * eps);
      return Math.abs(numeric - analytic) / Math.max(1, Math.abs(numeric), Math.abs(analytic));
    });
    return Math.max(...errors);
  });
  return {
    name: "gradients",
    passed: worst <= tolerance,
    found: `off by ${worst.toExponential(1)}`,
    expected: `differences in float64, to ${tolerance.toExponential()}`,
    hint: "The gradient is not that of the loss: look at functions with a backward of your own, at detach and item on the way; kinks near the data, as of ReLU, give small differences too.",
  };
}
