import { DTypeError, ShapeError, type Tensor, ValueError, zeros } from "@tapegrad/tensor";
import { expectElements, formatShape, isFloat, normalizeAxis, sameShape } from "@tapegrad/tensor/internal";
import type { Sums } from "../accumulator.ts";
import { BatchMetric } from "../batch-metric.ts";
import type { UpdateOptions } from "../metric.ts";
import { weightOf } from "../sample-weight.ts";

/** How predictions and targets say classes. */
export interface Classes {
  /** How many there are. */
  readonly numClasses: number;
  /** A target that does not count. */
  readonly ignoreClass?: number | undefined;
  /** Whether the target is classes, and not scores or one-hot along `axis`. */
  readonly sparseTarget: boolean;
  /** Whether predictions are classes, and not scores or one-hot along `axis`. */
  readonly sparsePredictions: boolean;
  /** Where scores have their classes. */
  readonly axis: number;
}

/** A metric that is computed of how often each class is taken for each: `matrix[truth][prediction]` */
export abstract class ConfusionMetric extends BatchMetric<"matrix"> {
  static override readonly name: string = "ConfusionMetric";

  readonly #classes: Classes;

  constructor(name: string, classes: Classes) {
    super(name, { matrix: [classes.numClasses, classes.numClasses] });
    this.#classes = classes;
  }

  protected override measure(fn: string, predictions: Tensor, target: Tensor, options: UpdateOptions): Sums<"matrix"> {
    const { numClasses, ignoreClass, sparseTarget, sparsePredictions, axis } = this.#classes;
    const chosen = classesOf(fn, "predictions", predictions, sparsePredictions, axis);
    const truth = classesOf(fn, "target", target, sparseTarget, axis);
    if (!sameShape(chosen.shape, truth.shape)) {
      throw new ShapeError(
        `${fn}: expected as many classes in predictions and target, got ${formatShape(chosen.shape)} and ` +
          `${formatShape(truth.shape)}.`,
      );
    }
    const given = weightOf(fn, truth.shape, options);
    const counts = given?.ne(0);
    const valid = ignoreClass === undefined ? undefined : truth.ne(ignoreClass);
    const counted = counts === undefined || valid === undefined ? (counts ?? valid) : counts.logicalAnd(valid);
    const [row, column] = [truth, chosen].map((classes) => {
      const kept = counted === undefined ? classes : classes.maskedFill(counted.logicalNot(), 0);
      return expectClasses(fn, kept, numClasses);
    }) as [Tensor, Tensor];
    const index = row.mul(numClasses).add(column).flatten();
    const ones = (counted ?? index.ge(0)).to("float64");
    const weight = given === undefined ? ones : given.mul(ones);
    const matrix = zeros([numClasses * numClasses], { dtype: "float64" }).scatterAdd(0, index, weight.flatten());
    return { matrix: matrix.reshape([numClasses, numClasses]) };
  }
}

/** Classes as they are given, or those of the highest scores. */
function classesOf(fn: string, name: string, given: Tensor, sparse: boolean, axis: number): Tensor {
  if (!sparse) return given.argmax({ axis: normalizeAxis(fn, axis, given.ndim) });
  if (!isFloat(given.dtype)) return given.to("int32");
  throw new DTypeError(`${fn}: expected classes as ${name}, int32, got ${given.dtype}. Convert them with to("int32").`);
}

function expectClasses(fn: string, classes: Tensor, numClasses: number): Tensor {
  expectElements(classes, {
    within: [[0, numClasses - 1]],
    error: (k) => new ValueError(`${fn}: expected classes in [0, ${numClasses}), got ${k}.`),
  });
  return classes;
}
