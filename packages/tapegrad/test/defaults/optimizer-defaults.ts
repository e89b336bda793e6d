import { absent, type DefaultRow, type Defaults, type DefaultTable, only, unset } from "./default-table.ts";

type Rows = Defaults["options"];

const maximize: DefaultRow = [false, false, absent];
const noDecay: DefaultRow = [0, 0, unset];
const betas: DefaultRow = [[0.9, 0.999], [0.9, 0.999], [0.9, 0.999]]; // prettier-ignore
const penalty: DefaultRow = [false, absent, absent];
const optimizer = (name: string, options: Rows, keras: string = name): Defaults => ({
  torch: `optim.${name}`,
  keras: `optimizers.${keras}`,
  options: { ...options, maximize },
});

/** Optimizers. */
export const optimizerDefaults: DefaultTable = {
  "optim.SGD": optimizer("SGD", {
    lr: [1e-3, 1e-3, 0.01],
    weightDecay: noDecay,
    momentum: [0, 0, 0],
    dampening: [0, 0, absent],
    nesterov: [false, false, false],
    decoupledWeightDecay: penalty,
  }),
  "optim.Adam": optimizer("Adam", {
    lr: [1e-3, 1e-3, 1e-3],
    weightDecay: noDecay,
    betas,
    eps: [1e-8, 1e-8, 1e-7],
    amsgrad: [false, false, false],
    epsHat: [false, absent, absent],
    biasCorrection: [true, absent, absent],
  }),
  "optim.AdamW": optimizer("AdamW", {
    lr: [1e-3, 1e-3, 1e-3],
    weightDecay: [0.01, 0.01, 0.004],
    betas,
    eps: [1e-8, 1e-8, 1e-7],
    amsgrad: [false, false, false],
    epsHat: [false, absent, absent],
    biasCorrection: [true, absent, absent],
  }),
  "optim.Adamax": optimizer("Adamax", {
    decoupledWeightDecay: penalty,
    lr: [2e-3, 2e-3, 1e-3],
    weightDecay: noDecay,
    betas,
    eps: [1e-8, 1e-8, 1e-7],
  }),
  "optim.NAdam": optimizer(
    "NAdam",
    {
      lr: [2e-3, 2e-3, 1e-3],
      weightDecay: noDecay,
      betas,
      eps: [1e-8, 1e-8, 1e-7],
      momentumDecay: [4e-3, 4e-3, absent],
      decoupledWeightDecay: [false, false, absent],
    },
    "Nadam",
  ),
  "optim.RAdam": {
    torch: "optim.RAdam",
    options: {
      lr: [1e-3, 1e-3, absent],
      weightDecay: [0, 0, absent],
      maximize,
      betas: [[0.9, 0.999], [0.9, 0.999], absent], // prettier-ignore
      eps: [1e-8, 1e-8, absent],
      decoupledWeightDecay: [false, false, absent],
    },
  },
  "optim.RMSprop": optimizer("RMSprop", {
    lr: [0.01, 0.01, 1e-3],
    weightDecay: noDecay,
    alpha: [0.99, 0.99, 0.9],
    eps: [1e-8, 1e-8, 1e-7],
    momentum: [0, 0, 0],
    centered: [false, false, false],
    epsInside: [false, absent, absent],
    decoupledWeightDecay: penalty,
  }),
  "optim.Adagrad": optimizer("Adagrad", {
    lr: [0.01, 0.01, 1e-3],
    weightDecay: noDecay,
    lrDecay: [0, 0, absent],
    initialAccumulatorValue: [0, 0, 0.1],
    eps: [1e-10, 1e-10, 1e-7],
    epsInside: [false, absent, absent],
    decoupledWeightDecay: penalty,
  }),
  "optim.Adadelta": optimizer("Adadelta", {
    lr: [1, 1, 1e-3],
    weightDecay: noDecay,
    rho: [0.9, 0.9, 0.95],
    decoupledWeightDecay: penalty,
    eps: [1e-6, 1e-6, 1e-7],
  }),
  "optim.Muon": optimizer("Muon", {
    lr: [1e-3, 1e-3, 1e-3],
    weightDecay: [0.1, 0.1, 0.004],
    momentum: [0.95, 0.95, 0.95],
    nesterov: [true, true, true],
    nsCoefficients: [[3.4445, -4.775, 2.0315], [3.4445, -4.775, 2.0315], [3.4445, -4.775, 2.0315]], // prettier-ignore
    nsSteps: [5, 5, 5],
    eps: [1e-7, 1e-7, 1e-7],
    adjustLr: ["original", "original", absent],
  }),
  "optim.Adafactor": optimizer("Adafactor", {
    lr: [0.01, 0.01, 1e-3],
    weightDecay: noDecay,
    beta2Decay: [-0.8, -0.8, -0.8],
    eps: [[null, 1e-3], [null, 1e-3], [1e-30, 1e-3]], // prettier-ignore
    d: [1, 1, 1],
    epsInSquares: [false, absent, absent],
  }),
  "optim.ASGD": {
    torch: "optim.ASGD",
    options: {
      lr: [0.01, 0.01, absent],
      weightDecay: [0, 0, absent],
      maximize,
      lambd: [1e-4, 1e-4, absent],
      alpha: [0.75, 0.75, absent],
      t0: [1e6, 1e6, absent],
    },
  },
  "optim.Rprop": {
    torch: "optim.Rprop",
    options: {
      lr: [0.01, 0.01, absent],
      maximize,
      etas: [[0.5, 1.2], [0.5, 1.2], absent], // prettier-ignore
      stepSizes: [[1e-6, 50], [1e-6, 50], absent], // prettier-ignore
    },
  },
  "optim.SparseAdam": {
    torch: "optim.SparseAdam",
    options: {
      lr: [1e-3, 1e-3, absent],
      maximize,
      betas: [[0.9, 0.999], [0.9, 0.999], absent], // prettier-ignore
      eps: [1e-8, 1e-8, absent],
    },
  },
  "optim.LBFGS": {
    torch: "optim.LBFGS",
    options: {
      lr: [1, 1, absent],
      maxIter: [20, 20, absent],
      maxEval: [unset, unset, absent],
      toleranceGrad: [1e-7, 1e-7, absent],
      toleranceChange: [1e-9, 1e-9, absent],
      historySize: [100, 100, absent],
      lineSearchFn: [unset, unset, absent],
    },
  },
  "optim.LAMB": {
    keras: "optimizers.Lamb",
    options: {
      lr: [1e-3, absent, 1e-3],
      weightDecay: [0, absent, unset],
      maximize: [false, absent, absent],
      betas: [[0.9, 0.999], absent, [0.9, 0.999]], // prettier-ignore
      eps: [1e-6, absent, 1e-7],
      decoupledWeightDecay: penalty,
      trustRatio: [true, absent, absent],
    },
  },
  "optim.LARS": {
    options: only({
      lr: 0.1,
      weightDecay: 0,
      maximize: false,
      momentum: 0.9,
      nesterov: false,
      trustCoefficient: 1e-3,
      eps: 0,
      trustRatio: true,
    }),
  },
  "optim.Ftrl": {
    keras: "optimizers.Ftrl",
    options: {
      lr: [1e-3, absent, 1e-3],
      weightDecay: [0, absent, unset],
      maximize: [false, absent, absent],
      lrPower: [-0.5, absent, -0.5],
      initialAccumulatorValue: [0.1, absent, 0.1],
      l1: [0, absent, 0],
      l2: [0, absent, 0],
      l2Shrinkage: [0, absent, 0],
      beta: [0, absent, 0],
    },
  },
  "optim.MuonAdamW": {
    keras: "optimizers.Muon",
    options: {
      lr: [1e-3, absent, 1e-3],
      weightDecay: [0.1, absent, 0.1],
      maximize: [false, absent, absent],
      momentum: [0.95, absent, 0.95],
      nesterov: [true, absent, true],
      nsCoefficients: [[3.4445, -4.775, 2.0315], absent, [3.4445, -4.775, 2.0315]], // prettier-ignore
      nsSteps: [5, absent, 6],
      eps: [1e-7, absent, 1e-7],
      adjustLr: ["original", absent, absent],
      adamW: [unset, absent, absent],
      adamLrRatio: [0.1, absent, 0.1],
      adamBetas: [[0.9, 0.999], absent, [0.9, 0.999]], // prettier-ignore
      adamEps: [1e-8, absent, 1e-7],
    },
  },
  "optim.Lion": {
    keras: "optimizers.Lion",
    options: {
      lr: [1e-4, absent, 1e-3],
      weightDecay: [0, absent, unset],
      maximize: [false, absent, absent],
      betas: [[0.9, 0.99], absent, [0.9, 0.99]], // prettier-ignore
    },
  },
};
