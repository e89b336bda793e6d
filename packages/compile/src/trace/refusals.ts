import { CompileError, type Shape } from "@tapegrad/tensor";
import { formatShape } from "@tapegrad/tensor/internal";

/** The refusal of a captured tensor that a recorded operation made. */
export function recordedCapture(operation: string, shape: Shape): CompileError {
  return new CompileError(
    `compile: expected captured tensors outside the recorded graph, got the result of ${operation} of shape ` +
      `${formatShape(shape)}. Capture its detach(), or compute it in the function.`,
  );
}

/** The refusal of a leaf that is argument and captured. */
export function capturedArgument(shape: Shape): CompileError {
  return new CompileError(
    `compile: expected a leaf of shape ${formatShape(shape)} as argument or as captured tensor, got it as both. ` +
      "Leave it out of the arguments.",
  );
}

/** The refusal of an argument with the elements of a tensor that is assigned. */
export function sharedArgument(index: number, shape: Shape): CompileError {
  return new CompileError(
    `compile: expected arguments apart from the tensors that the function assigns to, got argument ${index} of shape ` +
      `${formatShape(shape)}, which shares the elements of one. Pass its clone(), or leave it out of the arguments.`,
  );
}

/** The refusal of a tensor without a value from another trace. */
export function leftBehind(shape: Shape): CompileError {
  return new CompileError(
    `compile: expected tensors of this call, got one of shape ${formatShape(shape)} that another trace left behind. ` +
      "Return it from that function, or compute it again here.",
  );
}

/** The refusal of a tensor that changes at the end of a call, after which it is used. */
export function usedTooLate(fn: string): CompileError {
  return new CompileError(
    `${fn}: expected no use of a tensor, such as a learning rate, after the step of its schedule, which comes at ` +
      "the end of a call. Step the schedule last.",
  );
}

/**
 * The refusal of an assignment to what is not from outside of the function.
 *
 * @param what number of the argument that it is, the gradient of a leaf, or where it was made
 */
export function refusedTarget(shape: Shape, what: number | "gradient" | "it" | "another trace"): CompileError {
  const of = `of shape ${formatShape(shape)}`;
  const [got, remedy] =
    typeof what === "number"
      ? [`argument ${what} ${of}`, "Capture the tensor, or return the new value."]
      : what === "gradient"
        ? [`the gradient of a leaf ${of}`, "Set grad to the new value instead."]
        : [`one ${of} made in ${what}`, "Use the new value instead."];
  return new CompileError(
    `assign: expected a tensor from outside of the compiled function as target, got ${got}. ${remedy}`,
  );
}

/** The refusal to read elements that only a run will have. */
export function assignedBefore(fn: string): CompileError {
  return new CompileError(
    `${fn}: expected a tensor whose value is known, got one that the compiled function has assigned to. ` +
      "Read it after the call.",
  );
}

/** The refusal of another dtype for a tensor that the trace depends on. */
export function usedBefore(): CompileError {
  return new CompileError(
    "to: expected a tensor that the compiled function has not used, got one that it has. Convert it before the call.",
  );
}
