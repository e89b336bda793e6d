import type { Tensor } from "@tapegrad/tensor";
import { checkValues } from "./check-target.ts";

/**
 * Throws unless every target is 1 or −1.
 *
 * @throws {ValueError} `hingeEmbeddingLoss: expected targets 1 or -1, got 0.`
 */
export function checkSides(fn: string, target: Tensor): void {
  checkValues(fn, "targets 1 or -1", target, (side) => side === 1 || side === -1);
}
