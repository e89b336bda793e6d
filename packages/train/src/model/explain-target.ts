import { type LossFunction, lossNames, resolveLoss } from "@tapegrad/nn/functional";
import { type DType, DTypeError, ShapeError, type Tensor } from "@tapegrad/tensor";
import { formatShape, NullTracer, symbolicTensor, withGradMode, withTracer } from "@tapegrad/tensor/internal";

/** Shape and dtype. */
type Spec = Pick<Tensor, "shape" | "dtype">;

/**
 * What `compute` returns; when predictions and target do not fit, an error that says which targets the loss takes, and which
 * losses take this target.
 *
 * Both are found by trying: losses of tensors without values cost nothing.
 */
export function explainTarget<T>(
  fn: string,
  loss: LossFunction,
  predictions: Tensor,
  target: Tensor,
  compute: () => T,
): T {
  try {
    return compute();
  } catch (error) {
    if (!(error instanceof ShapeError || error instanceof DTypeError)) throw error;
    const wanted = candidates(predictions).filter((spec) => accepts(loss, predictions, spec));
    const losses = lossNames.filter((name) => accepts(resolveLoss(name), predictions, target));
    const Kind = error instanceof ShapeError ? ShapeError : DTypeError;
    throw new Kind(
      `${fn}: expected a target that fits the loss; ${withoutStop(error.message)}. ` +
        `For predictions ${format(predictions)} this loss takes ${orNone(wanted.map(format), "no target")}; ` +
        `a target ${format(target)} is taken by ${orNone(losses, "no loss")}.`,
    );
  }
}

/** What a target may look like for predictions of this shape: one number for each, or one class without the class axis. */
function candidates({ shape, dtype }: Spec): Spec[] {
  const classes = shape.filter((_, axis) => axis !== (shape.length === 1 ? 0 : 1));
  const shapes = [classes, shape, [...classes, 1]];
  const dtypes: readonly DType[] = ["int32", dtype];
  const found = shapes.flatMap((shape) => dtypes.map((dtype): Spec => ({ shape, dtype })));
  return found.filter((spec, i) => found.findIndex((other) => format(other) === format(spec)) === i);
}

function accepts(loss: LossFunction, predictions: Spec, target: Spec): boolean {
  try {
    withTracer(new NullTracer(), () =>
      withGradMode(false, () => loss(symbolicTensor(predictions), symbolicTensor(target))),
    );
    return true;
  } catch {
    return false;
  }
}

function format({ shape, dtype }: Spec): string {
  return `${dtype} ${formatShape(shape)}`;
}

function orNone(names: readonly string[], none: string): string {
  return names.length === 0 ? none : names.join(" or ");
}

function withoutStop(message: string): string {
  return message.replace(/\.$/, "");
}
