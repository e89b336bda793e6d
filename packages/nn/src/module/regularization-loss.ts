import { type Tensor, ShapeError, zeros } from "@tapegrad/tensor";
import { expectNothing, expectTensor, formatShape } from "@tapegrad/tensor/internal";
import { penalty } from "../regularizers/penalty.ts";
import { expectModule } from "./expect-module.ts";
import type { AnyModule } from "./module.ts";

/**
 * The sum of what the regularisers of a module's trained parameters add to the loss, a tensor of no axes; 0 without any.
 * A parameter that layers share counts once, a frozen one not at all, and neither does a tensor that `functionalCall` puts
 * in the place of one: regularisers are of parameters.
 *
 * @throws {ShapeError} when a regulariser gives a tensor of several elements
 * @example
 * const net = new Dense(2, 1, { init: "ones", kernelRegularizer: regularizers.l2(0.5) });
 * regularizationLoss(net).item(); // => 1
 * net.bias!.regularizer = "l1";
 * const loss = net.forward(ones([1, 2])).square().mean().add(regularizationLoss(net));
 */
export function regularizationLoss(module: AnyModule, ...none: []): Tensor {
  expectNothing("regularizationLoss", none);
  expectModule("regularizationLoss", "module", module);
  let total: Tensor | undefined;
  for (const [name, parameter] of module.namedParameters()) {
    const { regularizer, requiresGrad } = parameter;
    if (regularizer === undefined || !requiresGrad) continue;
    const loss = penalty(regularizer, parameter);
    expectTensor("regularizationLoss", `what the regularizer of ${name} returns`, loss);
    if (loss.size !== 1) {
      throw new ShapeError(
        `regularizationLoss: expected one number from the regularizer of ${name}, got shape ${formatShape(loss.shape)}. ` +
          "Take its sum().",
      );
    }
    const scalar = loss.reshape([]);
    total = total === undefined ? scalar : total.add(scalar);
  }
  return total ?? zeros([]);
}
