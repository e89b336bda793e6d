import { CompileError, type Tensor } from "@tapegrad/tensor";
import { formatShape, gradHooksOf } from "@tapegrad/tensor/internal";

const isRetaining = ({ kind }: { readonly kind: string }): boolean => kind === "retaining";

/**
 * Throws for an argument with hooks of its gradient: the plan would have them for whatever argument comes in its place.
 *
 * @throws {CompileError} that says which
 */
export function expectUnhooked(args: readonly Tensor[]): void {
  args.forEach((tensor, index) => {
    if (gradHooksOf(tensor).every(isRetaining)) return;
    throw new CompileError(
      `compile: expected arguments without hooks of their gradients, got tensor ${index} of shape ${formatShape(tensor.shape)} with. ` +
        "Capture it instead, or register the hook in the function, on what is computed of it.",
    );
  });
}

/**
 * Throws for a result of a call that keeps its gradient: what a call gives is outside the graph.
 *
 * @throws {CompileError} that says which
 */
export function expectNoneRetained(results: readonly Tensor[]): void {
  const kept = results.find((result) => gradHooksOf(result).some(isRetaining));
  if (kept === undefined) return;
  throw new CompileError(
    `compile: expected results without retainGrad, got one of shape ${formatShape(kept.shape)} with. ` +
      "Return its detach(), and its grad as a further result.",
  );
}
