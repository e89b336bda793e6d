import { checkTrajectories, type Formula, formulaRows } from "../../test/trajectory.ts";
import { Adadelta, type AdadeltaOptions } from "./adadelta.ts";
import { Adagrad, type AdagradOptions } from "./adagrad.ts";
import { Adamax, type AdamaxOptions } from "./adamax.ts";
import type { DecoupledDecayOptions } from "./decoupled-decay.ts";
import type { DescentOptions } from "./descent-options.ts";
import { Lion, type LionOptions } from "./lion.ts";
import { NAdam, type NAdamOptions } from "./nadam.ts";
import { RAdam, type RAdamOptions } from "./radam.ts";
import { RMSprop, type RMSpropOptions } from "./rmsprop.ts";

const { abs, max, sign, sqrt } = Math;

/** Decays a parameter: gives what of it is left, and the gradient. */
function decayed(
  p: number,
  gradient: number,
  {
    lr,
    weightDecay = 0,
    decoupledWeightDecay = false,
    maximize = false,
  }: DescentOptions & DecoupledDecayOptions & { lr: number },
): [p: number, g: number] {
  const g = maximize ? -gradient : gradient;
  return decoupledWeightDecay ? [p - lr * weightDecay * p, g] : [p, g + weightDecay * p];
}

const adamax: Formula<AdamaxOptions> = (start, options, slip) => {
  const { lr = 2e-3, betas = [0.9, 0.999], eps = 1e-8 } = options;
  let [p, m, u, t] = [start, 0, 0, 0];
  return (gradient) => {
    t++;
    const [kept, g] = decayed(p, gradient, { ...options, lr });
    p = kept;
    m = betas[0] * m + (1 - betas[0]) * g;
    u = slip === "the sum in place of the largest" ? betas[1] * u + abs(g) + eps : max(betas[1] * u, abs(g) + eps);
    p -= ((lr / (slip === "no bias correction" ? 1 : 1 - betas[0] ** t)) * m) / u;
    return p;
  };
};

const nadam: Formula<NAdamOptions> = (start, options, slip) => {
  const { lr = 2e-3, betas = [0.9, 0.999], eps = 1e-8, weightDecay = 0, momentumDecay = 4e-3 } = options;
  const { decoupledWeightDecay = false, maximize = false } = options;
  let [p, m, v, product, t] = [start, 0, 0, 1, 0];
  const mu = (step: number): number => betas[0] * (1 - 0.5 * 0.96 ** (step * momentumDecay));
  return (gradient) => {
    t++;
    let g = maximize ? -gradient : gradient;
    if (decoupledWeightDecay) p -= lr * weightDecay * p;
    else g += weightDecay * p;
    const [now, next] = [mu(t), slip === "no look-ahead" ? mu(t) : mu(t + 1)];
    product *= slip === "β₁ in the product" ? betas[0] : now;
    m = betas[0] * m + (1 - betas[0]) * g;
    v = betas[1] * v + (1 - betas[1]) * g * g;
    const scale = sqrt(v / (1 - betas[1] ** t)) + eps;
    p -= (lr * (((1 - now) * g) / (1 - product) + (next * m) / (1 - product * next))) / scale;
    return p;
  };
};

const radam: Formula<RAdamOptions> = (start, options, slip) => {
  const { lr = 1e-3, betas = [0.9, 0.999], eps = 1e-8, weightDecay = 0 } = options;
  const { decoupledWeightDecay = false, maximize = false } = options;
  const longest = 2 / (1 - betas[1]) - 1;
  let [p, m, v, t] = [start, 0, 0, 0];
  return (gradient) => {
    t++;
    let g = maximize ? -gradient : gradient;
    if (decoupledWeightDecay) p -= lr * weightDecay * p;
    else g += weightDecay * p;
    m = betas[0] * m + (1 - betas[0]) * g;
    v = betas[1] * v + (1 - betas[1]) * g * g;
    const mHat = m / (1 - betas[0] ** t);
    const length = longest - (2 * t * betas[1] ** t) / (1 - betas[1] ** t);
    if (length > (slip === "a threshold of 6" ? 6 : 5)) {
      const variance = ((length - 4) * (length - 2) * longest) / ((longest - 4) * (longest - 2) * length);
      const r = slip === "no rectification" ? 1 : sqrt(variance);
      p -= (lr * mHat * r * sqrt(1 - betas[1] ** t)) / (sqrt(v) + eps);
    } else p -= lr * mHat;
    return p;
  };
};

const rmsprop: Formula<RMSpropOptions> = (start, options, slip) => {
  const { lr = 0.01, alpha = 0.99, eps = 1e-8, momentum = 0, centered = false } = options;
  const isInside = (options.epsInside ?? false) !== (slip === "eps on the other side of the root");
  let [p, s, mean, buffer] = [start, 0, 0, 0];
  return (gradient) => {
    const [kept, g] = decayed(p, gradient, { ...options, lr });
    p = kept;
    s = alpha * s + (1 - alpha) * g * g;
    mean = alpha * mean + (1 - alpha) * g;
    const square = centered ? s - mean * mean : s;
    const change = g / (isInside ? sqrt(square + eps) : sqrt(square) + eps);
    buffer = momentum * buffer + (slip === "the rate in the momentum twice" ? lr : 1) * change;
    p -= lr * buffer;
    return p;
  };
};

const adagrad: Formula<AdagradOptions> = (start, options, slip) => {
  const { lr = 0.01, lrDecay = 0, initialAccumulatorValue = 0, eps = 1e-10 } = options;
  let [p, sum, t] = [start, initialAccumulatorValue, 0];
  return (gradient) => {
    t++;
    const [kept, g] = decayed(p, gradient, { ...options, lr });
    p = kept;
    sum = slip === "a sum that forgets" ? 0.99 * sum + g * g : sum + g * g;
    const rate = lr / (1 + (slip === "the decay one step early" ? t : t - 1) * lrDecay);
    const isInside = (options.epsInside ?? false) !== (slip === "eps on the other side of the root");
    p -= (rate * g) / (isInside ? sqrt(sum + eps) : sqrt(sum) + eps);
    return p;
  };
};

const adadelta: Formula<AdadeltaOptions> = (start, options, slip) => {
  const { lr = 1, rho = 0.9, eps = 1e-6 } = options;
  let [p, s, u] = [start, 0, 0];
  return (gradient) => {
    const [kept, g] = decayed(p, gradient, { ...options, lr });
    p = kept;
    s = rho * s + (1 - rho) * g * g;
    const change = (sqrt(u + eps) / sqrt(s + eps)) * g;
    u = rho * u + (1 - rho) * (slip === "the rate in the mean square of steps" ? lr * change : change) ** 2;
    p -= lr * change;
    return p;
  };
};

const lion: Formula<LionOptions> = (start, options, slip) => {
  const { lr = 1e-4, betas = [0.9, 0.99], weightDecay = 0, maximize = false } = options;
  let [p, m] = [start, 0];
  return (gradient) => {
    const g = maximize ? -gradient : gradient;
    const before = m;
    m = betas[1] * m + (1 - betas[1]) * g;
    const u = sign(betas[0] * (slip === "the new momentum in the step" ? m : before) + (1 - betas[0]) * g);
    p = (1 - lr * weightDecay) * p - lr * u;
    return p;
  };
};

checkTrajectories([
  ...formulaRows(
    Adamax,
    adamax,
    [
      {},
      { lr: 0.05, betas: [0.8, 0.9] },
      { lr: 0.02, eps: 1e-4, weightDecay: 0.1, maximize: true },
      { lr: 0.05, weightDecay: 0.4, decoupledWeightDecay: true },
    ],
    { "no bias correction": 0, "the sum in place of the largest": 1 },
  ),
  ...formulaRows(
    NAdam,
    nadam,
    [
      {},
      { lr: 0.05, betas: [0.8, 0.95] },
      { lr: 0.02, weightDecay: 0.1, momentumDecay: 0.1 },
      { lr: 0.05, weightDecay: 0.2, decoupledWeightDecay: true, maximize: true },
    ],
    { "no look-ahead": 2, "β₁ in the product": 0 },
  ),
  ...formulaRows(
    RAdam,
    radam,
    [
      { lr: 0.02 },
      { lr: 0.05, betas: [0.8, 0.9] },
      { lr: 0.05, betas: [0.9, 0.5] },
      { lr: 0.02, weightDecay: 0.1, maximize: true },
      { lr: 0.05, weightDecay: 0.2, decoupledWeightDecay: true, eps: 1e-3 },
    ],
    { "a threshold of 6": 0, "no rectification": 1 },
  ),
  ...formulaRows(
    RMSprop,
    rmsprop,
    [
      {},
      { lr: 0.02, alpha: 0.9, centered: true },
      { momentum: 0.9, eps: 1e-3 },
      { lr: 0.05, momentum: 0.5, centered: true, weightDecay: 0.1, eps: 1e-4, maximize: true },
      { momentum: 0.5, eps: 1e-3, epsInside: true, centered: true },
      { lr: 0.05, momentum: 0.5, weightDecay: 0.4, decoupledWeightDecay: true },
    ],
    { "eps on the other side of the root": 2, "the rate in the momentum twice": 3 },
  ),
  ...formulaRows(
    Adagrad,
    adagrad,
    [
      {},
      { lr: 0.1, lrDecay: 0.1 },
      { lr: 0.1, weightDecay: 0.1, initialAccumulatorValue: 0.5, eps: 1e-3, maximize: true },
      { lr: 0.1, eps: 0.01, epsInside: true },
      { lr: 0.1, lrDecay: 0.2, weightDecay: 0.4, decoupledWeightDecay: true },
    ],
    { "eps on the other side of the root": 3, "a sum that forgets": 0, "the decay one step early": 1 },
  ),
  ...formulaRows(
    Adadelta,
    adadelta,
    [
      {},
      { lr: 0.5, rho: 0.8 },
      { eps: 1e-3, weightDecay: 0.1, maximize: true },
      { lr: 0.5, weightDecay: 0.4, decoupledWeightDecay: true },
    ],
    { "the rate in the mean square of steps": 1 },
  ),
  ...formulaRows(Lion, lion, [{}, { lr: 0.01, betas: [0.5, 0.9] }, { lr: 0.01, weightDecay: 0.5, maximize: true }], {
    "the new momentum in the step": 1,
  }),
]);
