import { cat, DTypeError, type FloatDType, ShapeError, split, type Tensor, ValueError } from "@tapegrad/tensor";
import {
  expectElements,
  expectNothing,
  expectTensor,
  expectValue,
  formatShape,
  option,
  type OptionTable,
  ranges,
  sameShape,
} from "@tapegrad/tensor/internal";
import { Sequential } from "../containers/sequential.ts";
import { type RandomOptions, randomTable } from "../init/fill.ts";
import { ConfiguredModule } from "../module/configured-module.ts";
import { Dense } from "../dense/dense.ts";

/** Options of {@link AdaptiveLogSoftmaxWithLoss}. */
export interface AdaptiveLogSoftmaxOptions extends RandomOptions {
  /** By what the features of each further cluster are divided once more; 4 unless given. */
  readonly divValue?: number;
  /** Whether the first layer has a bias; false unless given. */
  readonly headBias?: boolean;
  /** Dtype of the parameters, float32 unless given. */
  readonly dtype?: FloatDType;
}

const table: OptionTable<AdaptiveLogSoftmaxOptions> = {
  divValue: option(ranges.positive, 4),
  headBias: option(ranges.flag, false),
  ...randomTable,
  dtype: option(ranges.floatDType, "float32"),
};

const fn = "AdaptiveLogSoftmaxWithLoss";

/**
 * The last layer of a network with very many classes, sorted from frequent to rare, and its loss: the frequent ones stand in a
 * head beside one entry for each cluster of others, and a cluster's classes share fewer and fewer features.
 *
 * `log p(c) = log softmax(head)[c]` up to the first cutoff, else `log softmax(head)[cluster] + log softmax(cluster)[c]`. All
 * clusters are computed for all inputs, so that it saves parameters, and compiles.
 *
 * @see Grave et al., Efficient Softmax Approximation for GPUs (2017), https://arxiv.org/abs/1609.04309
 * @example
 * const layer = new AdaptiveLogSoftmaxWithLoss(16, 1000, [10, 100]);
 * const x = randn([4, 16]);
 * const [output, loss] = layer.forward(x, tensor([0, 7, 50, 999], { dtype: "int32" }));
 * output.shape; // => [4]
 * Math.abs(output.mean().item() + loss.item()) < 1e-5; // => true
 * layer.logProb(x).shape; // => [4, 1000]
 * layer.predict(x).dtype; // => "int32"
 */
export class AdaptiveLogSoftmaxWithLoss extends ConfiguredModule<
  AdaptiveLogSoftmaxOptions,
  [input: Tensor, target: Tensor],
  readonly [output: Tensor, loss: Tensor]
> {
  static override readonly name: string = fn;

  /** Extent of the input's last axis. */
  readonly inFeatures: number;
  /** How many classes there are. */
  readonly classes: number;
  /** Where each cluster begins. */
  readonly cutoffs: readonly number[];
  /** Frequent classes and clusters. */
  readonly head: Dense;
  /** Each cluster: fewer features, then its classes. */
  readonly tail: readonly Sequential[];

  /**
   * @param cutoffs classes from where a cluster begins, each larger than the one before and below `classes`
   * @throws {ValueError} for other cutoffs, or clusters without features
   */
  constructor(
    inFeatures: number,
    classes: number,
    cutoffs: readonly number[],
    options: AdaptiveLogSoftmaxOptions = {},
  ) {
    super(options, table, [inFeatures, classes]);
    expectValue(fn, "inFeatures", inFeatures, ranges.extent);
    expectValue(fn, "classes", classes, ranges.extent);
    expectValue(fn, "cutoffs", cutoffs, ranges.listOf(ranges.count));
    const ends = [...cutoffs, classes];
    if (cutoffs.length === 0 || !cutoffs.every((cutoff, i) => cutoff < ends[i + 1]!)) {
      throw new ValueError(`${fn}: expected cutoffs that grow and are below ${classes}, got [${cutoffs.join(", ")}].`);
    }
    const { divValue, headBias, generator, dtype } = this.options;
    this.inFeatures = inFeatures;
    this.classes = classes;
    this.cutoffs = [...cutoffs];
    this.head = new Dense(inFeatures, cutoffs[0]! + cutoffs.length, { bias: headBias, generator, dtype });
    this.tail = cutoffs.map((cutoff, i) => {
      const features = Math.floor(inFeatures / divValue ** (i + 1));
      if (features < 1) {
        throw new ValueError(
          `${fn}: expected features in every cluster, got ${inFeatures} / ${divValue}^${i + 1} < 1.`,
        );
      }
      const rest = { bias: false, generator, dtype };
      return new Sequential(new Dense(inFeatures, features, rest), new Dense(features, ends[i + 1]! - cutoff, rest));
    });
  }

  /**
   * The log-probability of each target, and the mean of their negatives.
   *
   * @param input `[N, inFeatures]` or `[inFeatures]`
   * @param target int32 classes `[N]` or `[]`
   * @throws {ShapeError | DTypeError} if input or target does not fit
   * @throws {ValueError} for a class out of range
   */
  override forward(input: Tensor, target: Tensor, ...none: []): readonly [output: Tensor, loss: Tensor] {
    expectNothing(`${fn}.forward`, none);
    checkInput(this, "forward", input);
    expectTensor(`${fn}.forward`, "target", target);
    if (target.dtype !== "int32") {
      throw new DTypeError(
        `${fn}.forward: expected target of dtype int32, got ${target.dtype}. Convert it with to("int32").`,
      );
    }
    const want = input.shape.slice(0, -1);
    if (!sameShape(target.shape, want)) {
      throw new ShapeError(
        `${fn}.forward: expected target of shape ${formatShape(want)}, got ${formatShape(target.shape)}.`,
      );
    }
    expectElements(target, {
      within: [[0, this.classes - 1]],
      error: (got) => new ValueError(`${fn}.forward: expected classes in [0, ${this.classes}), got ${got}.`),
    });
    const output = logProbabilities(this, input).gather(-1, target.unsqueeze(-1)).squeeze(-1);
    return [output, output.mean().neg()];
  }

  /**
   * The log-probabilities of all classes, `[N, classes]` or `[classes]`.
   *
   * @throws {ShapeError} if the input does not fit
   */
  logProb(input: Tensor, ...none: []): Tensor {
    expectNothing(`${fn}.logProb`, none);
    checkInput(this, "logProb", input);
    return logProbabilities(this, input);
  }

  /**
   * The class of highest probability, int32 `[N]` or `[]`.
   *
   * @throws {ShapeError} if the input does not fit
   */
  predict(input: Tensor, ...none: []): Tensor {
    expectNothing(`${fn}.predict`, none);
    checkInput(this, "predict", input);
    return logProbabilities(this, input).argmax({ axis: -1 });
  }

  override details(): string {
    const options = super.details().split(", ");
    return [...options.slice(0, 2), `[${this.cutoffs.join(", ")}]`, ...options.slice(2)].join(", ");
  }
}

function checkInput({ inFeatures, head }: AdaptiveLogSoftmaxWithLoss, method: string, input: Tensor): void {
  expectTensor(`${fn}.${method}`, "input", input);
  if (input.ndim < 1 || input.ndim > 2 || input.shape.at(-1) !== inFeatures) {
    const want = `[${inFeatures}] or [N, ${inFeatures}]`;
    throw new ShapeError(`${fn}.${method}: expected input of shape ${want}, got ${formatShape(input.shape)}.`);
  }
  const { dtype } = head.weight;
  if (input.dtype !== dtype) {
    throw new DTypeError(`${fn}.${method}: expected input of dtype ${dtype}, got ${input.dtype}.`);
  }
}

function logProbabilities({ head, tail, cutoffs }: AdaptiveLogSoftmaxWithLoss, input: Tensor): Tensor {
  const first = head.forward(input).logSoftmax({ axis: -1 });
  const [frequent, ...clusters] = split(first, [cutoffs[0]!, ...cutoffs.map(() => 1)], -1);
  const rare = tail.map((cluster, i) => cluster.forward(input).logSoftmax({ axis: -1 }).add(clusters[i]!));
  return cat([frequent, ...rare], -1);
}
