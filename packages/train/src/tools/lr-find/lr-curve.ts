import { formatFigure } from "../../progress/format-figure.ts";

/** What a search for a learning rate saw. */
export class LRCurve {
  static readonly name: string = "LRCurve";
  /** The rates that were tried, from the smallest on. */
  readonly rates: readonly number[];
  /** The loss of the batch at each rate. */
  readonly losses: readonly number[];
  /** The losses, smoothed: moving averages of weight 0.02, without the bias of their start. */
  readonly smoothed: readonly number[];
  /** The rate at which the smoothed loss falls fastest; undefined if it never falls. */
  readonly steepest: number | undefined;
  /** Two thirds down the longest descent of the smoothed loss, as in fastai; undefined if it never falls. */
  readonly valley: number | undefined;

  constructor(rates: readonly number[], losses: readonly number[]) {
    this.rates = rates;
    this.losses = losses;
    this.smoothed = smooth(losses);
    // The first tenth is noise, of averages of few losses, and the last five are the explosion: fastai leaves them out too.
    const inner = rates.length < 20 ? [0] : [Math.trunc(rates.length / 10), -5];
    this.steepest = steepestOf(rates.slice(...inner), this.smoothed.slice(...inner));
    this.valley = valleyOf(rates.slice(...inner), this.smoothed.slice(...inner));
  }

  /** The rate to begin with: the valley. Undefined if the loss never falls. */
  get suggestion(): number | undefined {
    return this.valley;
  }

  /** Rates and losses, thinned out, and the suggestions. */
  toString(): string {
    const { rates, losses, smoothed } = this;
    const step = Math.max(1, Math.ceil(rates.length / 15));
    const rows = rates.flatMap((rate, i) =>
      i % step === 0 || i === rates.length - 1
        ? [
            [rate.toExponential(1), formatFigure(losses[i]!), formatFigure(smoothed[i]!)]
              .map((cell) => cell.padStart(10))
              .join(""),
          ]
        : [],
    );
    const said = (rate: number | undefined): string => rate?.toExponential(1) ?? "none, since the loss never falls";
    const head = ["rate", "loss", "smoothed"].map((cell) => cell.padStart(10)).join("");
    return [head, ...rows, `steepest: ${said(this.steepest)}`, `valley: ${said(this.valley)}`].join("\n");
  }

  static {
    Object.defineProperty(LRCurve.prototype, Symbol.for("nodejs.util.inspect.custom"), {
      value(this: LRCurve): string {
        return this.toString();
      },
    });
  }
}

const keep = 0.98;

/** Exponential moving averages, divided by what their weights sum to. */
export function smooth(losses: readonly number[]): number[] {
  let average = 0;
  return losses.map((loss, i) => {
    average = keep * average + (1 - keep) * loss;
    return average / (1 - keep ** (i + 1));
  });
}

/** Where the slope over the logarithm of the rate is least; central differences. */
function steepestOf(rates: readonly number[], losses: readonly number[]): number | undefined {
  let [least, at]: [number, number | undefined] = [0, undefined];
  for (let i = 1; i + 1 < rates.length; i++) {
    const slope = (losses[i + 1]! - losses[i - 1]!) / Math.log(rates[i + 1]! / rates[i - 1]!);
    if (slope < least) [least, at] = [slope, rates[i]];
  }
  return at;
}

/** The longest falling subsequence of the losses, and two thirds of the way from its start to its end. */
function valleyOf(rates: readonly number[], losses: readonly number[]): number | undefined {
  const lengths = losses.map(() => 1);
  let end = 0;
  for (let i = 1; i < losses.length; i++) {
    for (let j = 0; j < i; j++) if (losses[i]! < losses[j]!) lengths[i] = Math.max(lengths[i]!, lengths[j]! + 1);
    if (lengths[i]! > lengths[end]!) end = i;
  }
  const length = lengths[end] ?? 1;
  if (length < 2) return undefined;
  const start = Math.max(end - length, 0);
  const section = (end - start) / 3;
  return rates[start + Math.trunc(section) + Math.trunc(section / 2)];
}
