import type { Module } from "@tapegrad/nn";
import { cat, type Tensor, ValueError } from "@tapegrad/tensor";
import { withGradMode } from "@tapegrad/tensor/internal";
import type { BatchReader } from "./batch-source.ts";
import { Pauses } from "./pause.ts";
import { type BothWays, bothWays, predictionsOf } from "./steps.ts";
import { toEvaluation } from "../training/with-mode.ts";

/** `forward` without recording, as it is and compiled. */
export function forwardOf(net: Module): BothWays<[inputs: readonly Tensor[]], Tensor> {
  return bothWays((inputs: readonly Tensor[]): Tensor => withGradMode(false, () => predictionsOf(net, inputs)));
}

/** What a net in evaluation mode predicts for all that a reader gives, joined along the first axis. */
export async function predicted(
  net: Module,
  reader: BatchReader,
  forward: (inputs: readonly Tensor[]) => Tensor,
): Promise<Tensor> {
  const pauses = new Pauses();
  const parts: Tensor[] = [];
  const restore = toEvaluation(net);
  try {
    for (let batch = await reader.next(); batch !== undefined; batch = await reader.next()) {
      parts.push(forward(batch.inputs));
      await pauses.next();
    }
  } finally {
    restore();
    await reader.close();
  }
  if (parts.length === 0) throw new ValueError("Model.predict: expected at least one batch, got none.");
  return parts.length === 1 ? parts[0]! : cat(parts);
}
