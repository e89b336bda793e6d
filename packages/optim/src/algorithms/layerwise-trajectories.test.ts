import {
  checkTrajectories,
  type Formula,
  formulaRows,
  type WholeFormula,
  wholeFormulaRows,
} from "../../test/trajectory.ts";
import { Adafactor, type AdafactorOptions } from "./adafactor.ts";
import { Ftrl, type FtrlOptions } from "./ftrl.ts";
import { LAMB, type LAMBOptions } from "./lamb.ts";
import { LARS, type LARSOptions } from "./lars.ts";

const { abs, hypot, max, min, sign, sqrt } = Math;
const mean = (x: readonly number[]): number => x.reduce((sum, each) => sum + each, 0) / x.length;
const rms = (x: readonly number[]): number => hypot(...x) / sqrt(x.length);

const lamb: WholeFormula<LAMBOptions> = (start, _shape, options, slip) => {
  const { lr = 1e-3, betas = [0.9, 0.999], eps = 1e-6, weightDecay = 0, maximize = false } = options;
  const { decoupledWeightDecay = false, trustRatio = true } = options;
  let p = [...start];
  let [m, v, t] = [p.map(() => 0), p.map(() => 0), 0];
  return (gradient) => {
    t++;
    const g = gradient.map((each) => (maximize ? -each : each));
    if (decoupledWeightDecay) p = p.map((each) => (1 - lr * weightDecay) * each);
    m = m.map((each, i) => betas[0] * each + (1 - betas[0]) * g[i]!);
    v = v.map((each, i) => betas[1] * each + (1 - betas[1]) * g[i]! ** 2);
    const corrected = (moment: number, beta: number): number =>
      slip === "no bias correction" ? moment : moment / (1 - beta ** t);
    const r = m.map((each, i) => corrected(each, betas[0]) / (sqrt(corrected(v[i]!, betas[1])) + eps));
    const u = r.map((each, i) => each + (decoupledWeightDecay ? 0 : weightDecay * p[i]!));
    const ratio = trustRatio ? hypot(...p) / hypot(...(slip === "the ratio without the decay" ? r : u)) : 1;
    p = p.map((each, i) => each - lr * ratio * u[i]!);
    return p;
  };
};

const lars: WholeFormula<LARSOptions> = (start, _shape, options, slip) => {
  const { lr = 0.1, momentum = 0.9, nesterov = false, weightDecay = 0, maximize = false } = options;
  const { trustCoefficient = 1e-3, eps = 0, trustRatio = true } = options;
  let p = [...start];
  let b = p.map(() => 0);
  return (gradient) => {
    const g = gradient.map((each) => (maximize ? -each : each));
    const d = g.map((each, i) => each + weightDecay * p[i]!);
    const norm = slip === "one norm of gradient and decay" ? hypot(...d) : hypot(...g) + weightDecay * hypot(...p);
    const rate = trustRatio ? (lr * trustCoefficient * hypot(...p)) / (norm + eps) : lr;
    b = b.map((each, i) => momentum * each + rate * d[i]!);
    p = p.map((each, i) => each - (nesterov ? rate * d[i]! + momentum * b[i]! : b[i]!));
    return p;
  };
};

const adafactor: WholeFormula<AdafactorOptions> = (start, [rows = 1, columns], options, slip) => {
  const { lr = 0.01, beta2Decay = -0.8, d = 1, weightDecay = 0, epsInSquares = false, maximize = false } = options;
  const [eps1, eps2] = [options.eps?.[0] ?? 2 ** -52, options.eps?.[1] ?? 1e-3];
  let p = [...start];
  let [v, t] = [p.map(() => 0), 0];
  let [r, c] = [Array.from({ length: rows }, () => 0), Array.from({ length: columns ?? 1 }, () => 0)];
  return (gradient) => {
    t++;
    const g = gradient.map((each) => (maximize ? -each : each));
    const rest = t ** beta2Decay;
    const move = (average: number, value: number): number => (1 - rest) * average + rest * value;
    const square = g.map((each) => each ** 2 + (epsInSquares ? eps1 : 0));
    const bound = epsInSquares ? 0 : eps1;
    if (columns === undefined) v = v.map((each, i) => move(each, square[i]!));
    else {
      r = r.map((each, i) => move(each, mean(square.slice(i * columns, (i + 1) * columns))));
      c = c.map((each, j) => move(each, mean(square.filter((_, k) => k % columns === j))));
      const whole = slip === "no common scale" ? 1 : max(mean(r), bound);
      v = v.map((_, k) => (r[Math.floor(k / columns)]! * c[k % columns]!) / whole);
    }
    const u = g.map((each, i) => each / max(sqrt(v[i]!), bound));
    const size = max(eps2, slip === "no size of the parameter" ? 1 : rms(p));
    const rate = (min(lr, 1 / sqrt(t)) * size) / (slip === "no clipping" ? 1 : max(1, rms(u) / d));
    p = p.map((each, i) => (1 - lr * weightDecay) * each - rate * u[i]!);
    return p;
  };
};

const ftrl: Formula<FtrlOptions> = (start, options, slip) => {
  const { lr = 1e-3, lrPower = -0.5, initialAccumulatorValue = 0.1, l1 = 0, l2 = 0, l2Shrinkage = 0 } = options;
  const { beta = 0, weightDecay = 0, maximize = false } = options;
  let [w, n, z] = [start, initialAccumulatorValue, 0];
  return (gradient) => {
    w -= lr * weightDecay * w;
    const g = maximize ? -gradient : gradient;
    const sum = n + g ** 2;
    const sigma = (sum ** -lrPower - n ** -lrPower) / lr;
    z += g + (slip === "no shrinkage" ? 0 : 2 * l2Shrinkage * w) - sigma * w;
    n = sum;
    const quadratic = (n ** -lrPower + beta) / lr + (slip === "half the penalty" ? 1 : 2) * l2;
    w = abs(z) <= l1 ? 0 : (sign(z) * (slip === "no l1" ? 0 : l1) - z) / quadratic;
    return w;
  };
};

checkTrajectories([
  ...wholeFormulaRows(
    LAMB,
    lamb,
    [
      {},
      { lr: 0.05, betas: [0.8, 0.95], weightDecay: 0.3 },
      { lr: 0.05, weightDecay: 0.3, decoupledWeightDecay: true, eps: 1e-3, maximize: true },
      { lr: 0.02, weightDecay: 0.3, trustRatio: false },
    ],
    { "no bias correction": 3, "the ratio without the decay": 1 },
  ),
  ...wholeFormulaRows(
    LARS,
    lars,
    [
      {},
      { lr: 1, trustCoefficient: 0.05, weightDecay: 0.3 },
      { lr: 1, trustCoefficient: 0.05, momentum: 0, eps: 0.5, maximize: true },
      { lr: 0.5, trustCoefficient: 0.1, momentum: 0.8, nesterov: true, weightDecay: 0.1 },
      { lr: 0.02, weightDecay: 0.3, trustRatio: false },
    ],
    { "one norm of gradient and decay": 1 },
  ),
  ...wholeFormulaRows(
    Adafactor,
    adafactor,
    [
      {},
      { lr: 0.5, beta2Decay: -0.5, d: 1.1 },
      { lr: 0.2, eps: [0.8, 0.9], weightDecay: 0.3, maximize: true },
      { lr: 0.1, eps: [1e-30, 1e-3], epsInSquares: true },
      { lr: 0.3, eps: [4, 0.5], epsInSquares: true, weightDecay: 0.1 },
    ],
    { "no common scale": 1, "no size of the parameter": 0, "no clipping": 1 },
  ),
  ...formulaRows(
    Ftrl,
    ftrl,
    [
      {},
      { lr: 0.5, l1: 0.4, l2: 0.3 },
      { lr: 0.3, lrPower: -0.7, l2Shrinkage: 0.2, beta: 0.5, maximize: true },
      { lr: 0.2, lrPower: 0, l1: 0.1, weightDecay: 0.3, initialAccumulatorValue: 0 },
    ],
    { "no shrinkage": 2, "half the penalty": 1, "no l1": 1 },
  ),
]);
