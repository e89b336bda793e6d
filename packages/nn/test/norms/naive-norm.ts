/**
 * Normalization in plain loops over number arrays, sharing no code with the package: the reference of the tests.
 * Sums are compensated, so that it is exact for any float32 input. Its gradient sums a closed form, and another one
 * the entries of the Jacobian matrix.
 */

/** How elements are grouped and normalized. */
export interface NaiveNorm {
  /** Index lists of elements that are normalized together. */
  readonly groups: readonly (readonly number[])[];
  readonly center: boolean;
  /** Whether the mean is left where it is, and the deviation from it is all that is divided by. */
  readonly keepMean?: boolean;
  readonly eps: number;
  /** Number of leading elements of a group that the statistic is taken from; all unless given. */
  readonly used?: number;
  /** What x̂ is multiplied by; held constant in the gradient. */
  readonly factor?: (xhat: number, length: number) => number;
  /** Statistics that are held constant in the gradient. */
  readonly held?: "mean" | "deviation" | "both";
}

/** Which entry of γ and β belongs to each element. */
export type ParameterIndex = readonly number[];

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

/** Lists of the elements that differ in their positions along `axes` alone. */
export function groupsOver(shape: readonly number[], axes: readonly number[]): number[][] {
  const groups = new Map<string, number[]>();
  for (let at = 0; at < sizeOf(shape); at++) {
    const position = shape.map((extent, axis) => Math.floor(at / sizeOf(shape.slice(axis + 1))) % extent);
    const key = position.filter((_, axis) => !axes.includes(axis)).join();
    groups.set(key, [...(groups.get(key) ?? []), at]);
  }
  return [...groups.values()];
}

/** Groups of BatchNorm: the elements of each channel (axis 1). */
export function channelGroups(shape: readonly number[]): number[][] {
  const groups = Array.from({ length: shape[1] ?? 0 }, (): number[] => []);
  channelIndex(shape).forEach((channel, at) => groups[channel]?.push(at));
  return groups;
}

/** The channel of each element. */
export function channelIndex(shape: readonly number[]): number[] {
  const inner = sizeOf(shape.slice(2));
  return Array.from({ length: sizeOf(shape) }, (_, at) => Math.floor(at / inner) % (shape[1] ?? 1));
}

/** Groups of LayerNorm and RMSNorm: runs of the last `axes` axes. */
export function rowGroups(shape: readonly number[], axes: number): number[][] {
  const row = sizeOf(shape.slice(shape.length - axes));
  const rows = row === 0 ? 0 : sizeOf(shape) / row;
  return Array.from({ length: rows }, (_, i) => Array.from({ length: row }, (__, k) => i * row + k));
}

/** The position of each element within its run of the last `axes` axes. */
export function rowIndex(shape: readonly number[], axes: number): number[] {
  const row = sizeOf(shape.slice(shape.length - axes));
  return Array.from({ length: sizeOf(shape) }, (_, at) => at % row);
}

/** Sum by Neumaier, exact to the last digit for all that is tested. */
export function exactSum(values: readonly number[]): number {
  const [sum, rest] = doubleSum(values);
  return sum + rest;
}

/** Sum as an unevaluated pair. */
function doubleSum(values: readonly number[]): [sum: number, rest: number] {
  let sum = 0;
  let rest = 0;
  for (const value of values) {
    const next = sum + value;
    const other = next - sum;
    rest += sum - (next - other) + (value - other);
    sum = next;
  }
  return [sum, rest];
}

/** Statistics of a group: its centred values and `1 / √(second moment + eps)`. */
export function standardizeGroup(
  values: readonly number[],
  { center, eps, used = values.length }: NaiveNorm,
): { centred: number[]; mean: number; moment: number; r: number } {
  const n = values.length;
  const [sum, rest] = center ? doubleSum(values) : [0, 0];
  const mean = sum / n;
  // What the division lost: sum − mean·n, by splitting both factors.
  const lost = (residual(sum, mean, n) + rest) / n;
  const centred = values.map((x) => x - mean - lost);
  const moment = exactSum(centred.slice(0, used).map((c) => c * c)) / used;
  return { centred, mean: mean + lost, moment, r: 1 / Math.sqrt(moment + eps) };
}

/** sum − mean·n without rounding the product. */
function residual(sum: number, mean: number, n: number): number {
  const split = 134217729 * mean;
  const high = split - (split - mean);
  const low = mean - high;
  return Number.isFinite(split) ? sum - high * n - low * n : sum - mean * n;
}

/** Forward: `γ · x̂ + β`. */
export function naiveForward(
  x: readonly number[],
  norm: NaiveNorm,
  index: ParameterIndex,
  weight?: readonly number[],
  bias?: readonly number[],
): number[] {
  const y = new Array<number>(x.length).fill(0);
  for (const group of norm.groups) {
    const statistics = standardizeGroup(pick(x, group), norm);
    const { r } = statistics;
    const shown = scaledValues(norm, statistics);
    group.forEach((at, k) => {
      const p = index[at] ?? 0;
      const xhat = shown[k] === 0 ? 0 : (shown[k] ?? NaN) * r;
      const normalized = norm.factor === undefined ? xhat : xhat * norm.factor(xhat, group.length);
      y[at] = normalized * (weight?.[p] ?? 1) + (bias?.[p] ?? 0);
    });
  }
  return y;
}

/** What r is multiplied by: centred values, unless the mean is kept. */
function scaledValues({ keepMean }: NaiveNorm, { centred, mean }: { centred: number[]; mean: number }): number[] {
  return keepMean === true ? centred.map((c) => c + mean) : centred;
}

/** Gradients of Σ y·dy by input, γ and β. */
export interface NaiveGradients {
  readonly x: number[];
  readonly weight: number[];
  readonly bias: number[];
}

/** Backward for large groups: `dxᵢ = r·(gᵢ − ⟨g⟩ − x̂ᵢ·Σ(g·x̂)/used)`, the mean only if centred. */
export function naiveBackward(
  x: readonly number[],
  dy: readonly number[],
  norm: NaiveNorm,
  index: ParameterIndex,
  parameters: number,
  weight?: readonly number[],
): NaiveGradients {
  const dx = new Array<number>(x.length).fill(0);
  const terms = Array.from({ length: parameters }, (): { weight: number[]; bias: number[] } => ({
    weight: [],
    bias: [],
  }));
  for (const group of norm.groups) {
    const n = group.length;
    const used = norm.used ?? n;
    const statistics = standardizeGroup(pick(x, group), norm);
    const { centred: c, r } = statistics;
    const shown = scaledValues(norm, statistics);
    const factor = factors(norm, c, r);
    const g = group.map((at, i) => (dy[at] ?? NaN) * (factor[i] ?? NaN) * (weight?.[index[at] ?? 0] ?? 1));
    const pull = movesDeviation(norm) ? exactSum(g.map((value, j) => value * ((shown[j] ?? NaN) * r))) : 0;
    const mean = movesMean(norm) ? exactSum(g) / n : 0;
    group.forEach((at, i) => {
      const ci = (c[i] ?? NaN) * r;
      dx[at] = r * exactSum([g[i] ?? NaN, -mean, i < used ? (-ci * pull) / used : 0]);
      terms[index[at] ?? 0]?.weight.push((dy[at] ?? NaN) * (factor[i] ?? NaN) * (shown[i] ?? NaN) * r);
      terms[index[at] ?? 0]?.bias.push(dy[at] ?? NaN);
    });
  }
  return { x: dx, weight: terms.map((t) => exactSum(t.weight)), bias: terms.map((t) => exactSum(t.bias)) };
}

/** Whether the mean has a part in the gradient. */
function movesMean({ center, keepMean, held }: NaiveNorm): boolean {
  return center && keepMean !== true && held !== "mean" && held !== "both";
}

/** Whether the deviation has a part in the gradient. */
function movesDeviation({ held }: NaiveNorm): boolean {
  return held !== "deviation" && held !== "both";
}

/** The factor of every element of a group. */
function factors({ factor }: NaiveNorm, centred: readonly number[], r: number): number[] {
  return centred.map((c) => (factor === undefined ? 1 : factor(c * r, centred.length)));
}

function pick(values: readonly number[], at: readonly number[]): number[] {
  return at.map((i) => values[i] ?? NaN);
}

/** Backward of the input by the Jacobian: `∂x̂ⱼ/∂xᵢ = r·(δᵢⱼ − 1/n) − cⱼ·cᵢ·r³/used`, entry by entry, with x for c where the mean is kept. */
export function jacobianBackward(
  x: readonly number[],
  dy: readonly number[],
  norm: NaiveNorm,
  index: ParameterIndex,
  weight?: readonly number[],
): number[] {
  const dx = new Array<number>(x.length).fill(0);
  for (const group of norm.groups) {
    const n = group.length;
    const used = norm.used ?? n;
    const statistics = standardizeGroup(pick(x, group), norm);
    const { centred: c, r } = statistics;
    const shown = scaledValues(norm, statistics);
    const factor = factors(norm, c, r);
    group.forEach((at, i) => {
      for (const [j, from] of group.entries()) {
        const delta = (i === j ? 1 : 0) - (movesMean(norm) ? 1 / n : 0);
        const bend = movesDeviation(norm) && i < used ? ((shown[j] ?? NaN) * (c[i] ?? NaN) * r ** 3) / used : 0;
        const g = (dy[from] ?? NaN) * (factor[j] ?? NaN) * (weight?.[index[from] ?? 0] ?? 1);
        dx[at] = (dx[at] ?? NaN) + g * (delta * r - bend);
      }
    });
  }
  return dx;
}
