import { GradError, type Tensor } from "@tapegrad/tensor";
import { type AnomalyDetector, formatShape, type GradNode, userLine, withLongStacks } from "@tapegrad/tensor/internal";
import { hasElements } from "./run-hooks.ts";

/** Finds the operation that gave NaN first, forward or backward. */
export const anomalyDetector: AnomalyDetector = { callHere, checkOutputs, checkGradient };

function callHere(): Error {
  return withLongStacks(() => new Error("forward call"));
}

/** Follows NaN in an output back to the operation that made it of numbers, or to the leaf that brought it. */
function checkOutputs(outputs: readonly Tensor[]): void {
  let node = outputs.find(hasNaN)?.node;
  while (node !== undefined && !node.freed) {
    const index = node.inputs.findIndex(hasNaN);
    const input = node.inputs[index];
    if (input === undefined) throw new GradError(`Function '${node.name}' returned NaN. ${calledAt(node)}`);
    if (input.node === undefined) {
      throw new GradError(
        `Function '${node.name}' was given NaN in input ${index}, of shape ${formatShape(input.shape)}, which no recorded ` +
          `operation made. ${calledAt(node)}`,
      );
    }
    node = input.node;
  }
}

function checkGradient(node: GradNode, index: number, gradient: Tensor): void {
  if (!hasNaN(gradient)) return;
  throw new GradError(`Function '${node.name}' returned NaN in gradient ${index}. ${calledAt(node)}`);
}

function hasNaN(x: Tensor): boolean {
  if (!hasElements(x)) return false;
  const elements = x["elements"];
  return elements.some(Number.isNaN);
}

/** Where an operation was called: the line of the user's code, or all that is known. */
function calledAt({ call }: GradNode): string {
  if (call === undefined) return "It was called outside detectAnomaly.";
  const line = userLine(call);
  return line === undefined ? `It was called here: ${call.stack?.replace(/^.*\n/, "\n")}` : `It was called at ${line}.`;
}
