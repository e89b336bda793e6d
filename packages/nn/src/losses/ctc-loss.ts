import { arange, cat, DTypeError, full, ShapeError, stack, type Tensor, ValueError, where } from "@tapegrad/tensor";
import {
  expectElements,
  expectTensor,
  formatShape,
  option,
  type OptionTable,
  ranges,
  settleOptions,
} from "@tapegrad/tensor/internal";
import { FunctionLayer } from "../module/function-layer.ts";
import { checkVectors } from "../module/check-vector.ts";
import { checkFloat } from "./check-target.ts";
import { reduce, reduction, type ReductionOptions } from "./reduction.ts";

/** Options of {@link ctcLoss}. */
export interface CTCLossOptions extends ReductionOptions {
  /** The class that stands for no symbol; 0 unless given. */
  readonly blank?: number;
  /** Whether a sample that no path fits costs 0 instead of Infinity; false unless given. */
  readonly zeroInfinity?: boolean;
}

const table: OptionTable<CTCLossOptions> = {
  blank: option(ranges.whole(0), 0),
  zeroInfinity: option(ranges.flag, false),
  reduction,
};

/** In place of log 0, which has no gradient: far below what log-probabilities of any length add up to. */
const never = -1e30;

/**
 * Connectionist temporal classification: the negative log-probability of a text under the outputs of every time, summed over all
 * ways to stretch the text over the time. A way repeats symbols and puts blanks between them; two equal symbols need one.
 *
 * `ℓ = −log Σ_ways Π_t p(symbol at t)`; "mean" divides each loss by the length of its text, as PyTorch does, and takes the mean.
 * A text that is too long for its time costs Infinity, or 0 with `zeroInfinity`, and has gradient 0.
 *
 * The sum runs over time, so that a compiled step holds some operations for each time.
 *
 * @param logProbs log-probabilities `[T, N, C]`: a `logSoftmax` over the last axis
 * @param targets int32 symbols `[N, S]`, none of them blank; what is behind the length of a text is not looked at
 * @param inputLengths int32 `[N]`, how much of the time belongs to each sample, from 1 to T
 * @param targetLengths int32 `[N]`, the lengths of the texts, from 0 to S
 * @throws {ShapeError | DTypeError} if shapes or dtypes do not fit
 * @throws {ValueError} for a symbol, a length or a blank out of range
 * @see Graves et al. 2006, https://doi.org/10.1145/1143844.1143891
 * @example
 * const logProbs = full([2, 1, 3], 1 / 3).log();
 * const [symbol, two, one] = [[[1]], [2], [1]].map((values) => tensor(values, { dtype: "int32" }));
 * ctcLoss(logProbs, symbol, two, one).item(); // => 1.0986
 * new CTCLoss({ reduction: "sum" }).forward(logProbs, symbol, two, one).exp().item(); // => 3
 */
export function ctcLoss(
  logProbs: Tensor,
  targets: Tensor,
  inputLengths: Tensor,
  targetLengths: Tensor,
  options: CTCLossOptions = {},
): Tensor {
  const { blank, zeroInfinity, reduction } = settleOptions("ctcLoss", options, table);
  checkInputs({ logProbs, targets, inputLengths, targetLengths }, blank);
  const losses = lossesOf(logProbs, targets, inputLengths, targetLengths, blank);
  const impossible = losses.gt(-never / 2);
  const given = losses.maskedFill(impossible, zeroInfinity ? 0 : Infinity);
  return reduce(reduction === "mean" ? given.div(targetLengths.clamp(1).to(given.dtype)) : given, reduction);
}

/** The loss of each sample, `[N]`; huge where there is no way. */
function lossesOf(
  logProbs: Tensor,
  targets: Tensor,
  inputLengths: Tensor,
  targetLengths: Tensor,
  blank: number,
): Tensor {
  const [time, samples, length] = [logProbs.shape[0]!, logProbs.shape[1]!, targets.shape[1]!];
  const places = 2 * length + 1;
  const place = arange(places); // [2·S + 1]
  // A blank before, between and behind the symbols; what is behind a text may be anything.
  const inText = arange(length).lt(targetLengths.unsqueeze(1)); // [N, S]
  const symbols = where(inText, targets, blank);
  const blanks = full([samples, length, 1], blank, { dtype: "int32" });
  const between = [symbols.unsqueeze(2), blanks];
  const first = full([samples, 1], blank, { dtype: "int32" });
  const stretched = cat([first, cat(between, 2).reshape([samples, 2 * length])], 1); // [N, 2·S + 1]
  const emitted = logProbs.gather(2, stretched.unsqueeze(0).broadcastTo([time, samples, places])).clamp(never); // [T, N, 2·S + 1]
  // From the symbol before the blank, unless it is the same.
  const before = stretched.pad([[0, 0], [2, 0]], { value: blank }).slice([], [0, places]); // prettier-ignore
  const mayLeap = stretched.ne(blank).logicalAnd(stretched.ne(before));
  const earlier = (ways: Tensor, by: number): Tensor =>
    ways.pad([[0, 0], [by, 0]], { value: never }).slice([], [0, places]); // prettier-ignore
  let ways = where(place.lt(2), emitted.slice(0), never); // [N, 2·S + 1]
  for (let t = 1; t < time; t++) {
    const leaps = where(mayLeap, earlier(ways, 2), never);
    const next = stack([ways, earlier(ways, 1), leaps])
      .logSumExp({ axis: 0 })
      .add(emitted.slice(t));
    ways = where(inputLengths.gt(t).unsqueeze(1), next, ways);
  }
  // Over at the last symbol or the blank behind it.
  const end = targetLengths.mul(2).unsqueeze(1); // [N, 1]
  const isEnd = place.le(end).logicalAnd(place.ge(end.sub(1)));
  return where(isEnd, ways, never).logSumExp({ axis: 1 }).neg();
}

/** The tensors of a call by their names. */
interface Inputs {
  readonly logProbs: Tensor;
  readonly targets: Tensor;
  readonly inputLengths: Tensor;
  readonly targetLengths: Tensor;
}

function checkInputs(inputs: Inputs, blank: number): void {
  const fn = "ctcLoss";
  for (const [name, input] of Object.entries(inputs)) expectTensor(fn, name, input);
  const { logProbs, targets, ...lengths } = inputs;
  checkFloat(fn, "logProbs", logProbs);
  for (const [name, { dtype }] of Object.entries({ targets, ...lengths })) {
    if (dtype !== "int32") {
      throw new DTypeError(`${fn}: expected ${name} of dtype int32, got ${dtype}. Convert them with to("int32").`);
    }
  }
  const [time = 0, samples = 0, classes = 0] = logProbs.shape;
  if (logProbs.ndim !== 3 || time === 0 || classes < 2) {
    const got = formatShape(logProbs.shape);
    throw new ShapeError(`${fn}: expected logProbs of shape [T, N, C] with a blank and other symbols, got ${got}.`);
  }
  if (targets.ndim !== 2 || targets.shape[0] !== samples) {
    throw new ShapeError(`${fn}: expected targets of shape [${samples}, S], got ${formatShape(targets.shape)}.`);
  }
  checkVectors(fn, [samples], lengths);
  if (blank >= classes) throw new ValueError(`${fn}: expected a blank from 0 to ${classes - 1}, got ${blank}.`);
  const { inputLengths, targetLengths } = lengths;
  const length = targets.shape[1]!;
  checkLengths("inputLengths", inputLengths, 1, time);
  checkLengths("targetLengths", targetLengths, 0, length);
  const inText = arange(length).lt(targetLengths.unsqueeze(1));
  const symbols = where(inText, targets, blank === 0 ? 1 : 0);
  const within = [[0, blank - 1], [blank + 1, classes - 1]] as const; // prettier-ignore
  const error = (got: number): ValueError =>
    new ValueError(`${fn}: expected symbols from 0 to ${classes - 1} other than the blank ${blank}, got ${got}.`);
  expectElements(symbols, { within, error });
}

function checkLengths(name: string, lengths: Tensor, least: number, most: number): void {
  const error = (got: number): ValueError =>
    new ValueError(`ctcLoss: expected ${name} from ${least} to ${most}, got ${got}.`);
  expectElements(lengths, { within: [[least, most]], error });
}

/** {@link ctcLoss} as a layer. */
export class CTCLoss extends FunctionLayer<
  CTCLossOptions,
  [logProbs: Tensor, targets: Tensor, inputLengths: Tensor, targetLengths: Tensor]
> {
  static override readonly name: string = "CTCLoss";

  constructor(options: CTCLossOptions = {}) {
    super(ctcLoss, table, options);
  }
}
