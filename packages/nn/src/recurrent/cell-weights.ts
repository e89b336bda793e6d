import { ShapeError, type Tensor } from "@tapegrad/tensor";
import { formatShape, sameShape } from "@tapegrad/tensor/internal";
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
  weights: CellWeights,
): void {
  const { weightIh, weightHh, biasIh, biasHh } = weights;
  const hidden = weightHh.shape.at(-1) ?? 0;
  const expectMatrix = (name: string, matrix: Tensor, columns: string, fits: boolean): void => {
    if (matrix.ndim === 2 && matrix.shape[0] === gates * hidden && fits) return;
    const rows = weightHh.ndim === 2 ? String(gates * hidden) : `${gates === 1 ? "" : gates}hidden`;
    throw new ShapeError(`${fn}: expected ${name} of shape [${rows}, ${columns}], got ${formatShape(matrix.shape)}.`);
  };
  expectMatrix("weightHh", weightHh, weightHh.ndim === 2 ? String(hidden) : "hidden", weightHh.ndim === 2);
  expectMatrix("weightIh", weightIh, "in", true);
  checkVector(fn, "biasIh", biasIh, [gates * hidden]);
  checkVector(fn, "biasHh", biasHh, [gates * hidden]);
  const inside = weightIh.shape[1]!;
  if (x.ndim === 0 || x.shape.at(-1) !== inside) {
    throw new ShapeError(`${fn}: expected input of shape [..., ${inside}], got ${formatShape(x.shape)}.`);
  }
  const expected = [...x.shape.slice(0, -1), hidden];
  for (const [name, state] of Object.entries(states)) {
    if (!sameShape(state.shape, expected)) {
      throw new ShapeError(
        `${fn}: expected state ${name} of shape ${formatShape(expected)}, got ${formatShape(state.shape)}.`,
      );
    }
  }
}
