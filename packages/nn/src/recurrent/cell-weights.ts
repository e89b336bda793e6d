import type { Tensor } from "@tapegrad/tensor";
import { checkVector } from "../norms/check-vector.ts";

/** Weights of one recurrent cell; the rows of the gates stand one gate after the other, in PyTorch's order. */
export interface CellWeights {
  /** `[gates·hidden, in]` */
  readonly weightIh: Tensor;
  /** `[gates·hidden, hidden]` */
  readonly weightHh: Tensor;
  /** `[gates·hidden]`; none unless given */
  readonly biasIh?: Tensor | undefined;
  /** `[gates·hidden]`; none unless given */
  readonly biasHh?: Tensor | undefined;
}

/**
 * Throws unless input, states and weights fit together.
 *
 * @param states by name, each `[..., hidden]` with the leading axes of `x`
 * @throws {ShapeError} for any that does not fit
 */
export function checkCell(
  fn: string,
  gates: number,
  x: Tensor,
  states: Readonly<Record<string, Tensor>>,
  { weightIh, weightHh, biasIh, biasHh }: CellWeights,
): void {
  const [inside, hidden] = [weightIh.shape.at(-1) ?? 0, weightHh.shape.at(-1) ?? 0];
  const batch = x.shape.slice(0, -1);
  checkVector(fn, "weightHh", weightHh, [gates * hidden, hidden]);
  checkVector(fn, "weightIh", weightIh, [gates * hidden, inside]);
  checkVector(fn, "biasIh", biasIh, [gates * hidden]);
  checkVector(fn, "biasHh", biasHh, [gates * hidden]);
  checkVector(fn, "input", x, [...batch, inside]);
  for (const [name, state] of Object.entries(states)) checkVector(fn, `state ${name}`, state, [...batch, hidden]);
}
