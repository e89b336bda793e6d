import { CompileError, DTypeError, ShapeError } from "@tapegrad/tensor";
import { formatShape, isTracing, sameShape } from "@tapegrad/tensor/internal";
import type { Slot } from "./update-rule.ts";

/**
 * Throws unless every gradient fits its parameter, so that a step changes all parameters or none.
 *
 * @throws {ShapeError} `SGD.step: expected a gradient of shape [2] for parameter 1 of group 0, got [1].`
 */
export function checkGradients(fn: string, groups: readonly (readonly Pick<Slot, "param">[])[]): void {
  groups.forEach((slots, g) => {
    slots.forEach(({ param }, i) => {
      const { grad } = param;
      if (grad === undefined) return;
      const which = (what: string): string =>
        `${fn}: expected a gradient ${what} for parameter ${i} of group ${g}, got`;
      if (!sameShape(grad.shape, param.shape)) {
        throw new ShapeError(`${which(`of shape ${formatShape(param.shape)}`)} ${formatShape(grad.shape)}.`);
      }
      if (grad.dtype !== param.dtype) throw new DTypeError(`${which(`of dtype ${param.dtype}`)} ${grad.dtype}.`);
      if (grad.storage.data === undefined && !isTracing()) {
        throw new CompileError(`${which("with a value")} one that a trace left behind.`);
      }
    });
  });
}
