import { assign, type Tensor } from "@tapegrad/tensor";
import { expectNothing, expectTensor } from "@tapegrad/tensor/internal";
import { constrained } from "../constraints/constrained.ts";
import { checkVector } from "./check-vector.ts";
import { expectModule } from "./expect-module.ts";
import type { AnyModule } from "./module.ts";

/**
 * Assigns to every trained parameter that has a constraint what its constraint makes of it: call it after each step of the
 * optimizer. Nothing is recorded; frozen parameters stay.
 *
 * @throws {ShapeError} when a constraint gives a tensor of another shape
 * @example
 * const net = new Dense(2, 1, { init: "ones", kernelConstraint: "unit_norm" });
 * applyConstraints(net);
 * net.weight.toArray(); // => [[0.70711, 0.70711]]
 */
export function applyConstraints(module: AnyModule, ...none: []): void {
  expectNothing("applyConstraints", none);
  expectModule("applyConstraints", "module", module);
  const changes: (readonly [target: Tensor, value: Tensor])[] = [];
  for (const [name, parameter] of module.namedParameters()) {
    const { constraint, requiresGrad } = parameter;
    if (constraint === undefined || !requiresGrad) continue;
    const value = constrained(constraint, parameter.detach());
    const what = `what the constraint of ${name} returns`;
    expectTensor("applyConstraints", what, value);
    checkVector("applyConstraints", what, value, parameter.shape);
    changes.push([parameter, value.detach().to(parameter.dtype)]);
  }
  for (const [target, value] of changes) assign(target, value);
}
