import { type Tensor, ValueError } from "@tapegrad/tensor";
import { expectElements } from "@tapegrad/tensor/internal";

/** Throws unless every target is 0 or 1. */
export function expectBinary(fn: string, target: Tensor): void {
  expectElements(target, {
    within: [[0, 0], [1, 1]],
    error: (t) => new ValueError(`${fn}: expected a target of 0 and 1, got ${t}. Make one of classes with oneHot.`),
  }); // prettier-ignore
}
