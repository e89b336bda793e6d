import * as optim from "@tapegrad/optim";
import { zeros } from "@tapegrad/tensor";
import type { Comparison } from "../comparison.ts";
import type { GoldenCase } from "../format.ts";
import type { CaseRunner } from "../run-case.ts";
import { settings } from "../settings.ts";
import { optimizerOptions, optimizerTable } from "./build-optimizer.ts";

type Config = GoldenCase["config"];
type MakeSchedule = (optimizer: optim.Optimizer, config: Config) => optim.Schedule;

/** The constructor of a schedule whose settings are numbers and words; `names` translates them. */
function schedule<O extends object | undefined>(
  Constructor: new (optimizer: optim.Optimizer, options: O) => optim.Schedule,
  names: Readonly<Record<string, keyof NonNullable<NoInfer<O>> & string>>,
): MakeSchedule {
  return (optimizer, config) =>
    new Constructor(optimizer, settings<NonNullable<O>>(config, { optimizer: null, calls: null, ...names }));
}

const momentum = {
  cycle_momentum: "cycleMomentum",
  base_momentum: "baseMomentum",
  max_momentum: "maxMomentum",
} as const;

/** The schedules that a schedule is made of. */
function partsOf(optimizer: optim.Optimizer, config: Config): optim.Schedule[] {
  return (config["schedulers"] as readonly (Config & { readonly type: string })[]).map(({ type, ...rest }) =>
    scheduleTable[type]!(optimizer, rest),
  );
}

/** One row for each schedule of PyTorch that is stepped without a metric. */
export const scheduleTable: Readonly<Record<string, MakeSchedule>> = {
  StepLR: schedule(optim.StepLR, { step_size: "stepSize", gamma: "gamma" }),
  MultiStepLR: schedule(optim.MultiStepLR, { milestones: "milestones", gamma: "gamma" }),
  ExponentialLR: schedule(optim.ExponentialLR, { gamma: "gamma" }),
  ConstantLR: schedule(optim.ConstantLR, { factor: "factor", total_iters: "totalIters" }),
  LinearLR: schedule(optim.LinearLR, {
    start_factor: "startFactor",
    end_factor: "endFactor",
    total_iters: "totalIters",
  }),
  PolynomialLR: schedule(optim.PolynomialLR, { total_iters: "totalIters", power: "power" }),
  CosineAnnealingLR: schedule(optim.CosineAnnealingLR, { T_max: "tMax", eta_min: "etaMin" }),
  CosineAnnealingWarmRestarts: schedule(optim.CosineAnnealingWarmRestarts, {
    T_0: "t0",
    T_mult: "tMult",
    eta_min: "etaMin",
  }),
  OneCycleLR: schedule(optim.OneCycleLR, {
    max_lr: "maxLr",
    total_steps: "totalSteps",
    epochs: "epochs",
    steps_per_epoch: "stepsPerEpoch",
    pct_start: "pctStart",
    anneal_strategy: "annealStrategy",
    div_factor: "divFactor",
    final_div_factor: "finalDivFactor",
    three_phase: "threePhase",
    ...momentum,
  }),
  CyclicLR: schedule(optim.CyclicLR, {
    base_lr: "baseLr",
    max_lr: "maxLr",
    step_size_up: "stepSizeUp",
    step_size_down: "stepSizeDown",
    mode: "mode",
    gamma: "gamma",
    ...momentum,
  }),
  SequentialLR: (optimizer, config) =>
    new optim.SequentialLR(optimizer, {
      schedules: partsOf(optimizer, config),
      milestones: config["milestones"] as readonly number[],
    }),
  ChainedScheduler: (optimizer, config) =>
    new optim.ChainedScheduler(optimizer, { schedules: partsOf(optimizer, config) }),
};

/** Compares the rates, and the momenta where the case has them, after each call. */
function compareRates(
  golden: GoldenCase,
  check: Comparison,
  { groups }: optim.Optimizer,
  call: (k: number) => void,
): void {
  const { lrs = [], momenta } = golden;
  lrs.forEach((rates, k) => {
    if (k > 0) call(k);
    check.same(`lrs[${k}] groups`, groups.length, rates.length);
    rates.forEach((want, g) => check.number(`lrs[${k}][${g}]`, groups[g]?.lr.item(), want));
    momenta?.[k]?.forEach((want, g) => check.number(`momenta[${k}][${g}]`, groups[g]?.momentum?.item(), want));
  });
}

const plainOptimizer: Config = { type: "SGD", lr: [0.1], momentum: 0.9 };

/** An optimizer of one parameter for each rate; an error case names none. */
function optimizerOf(config: Config): optim.Optimizer {
  const { type, lr, ...rest } = (config["optimizer"] ?? plainOptimizer) as Config;
  const make = optimizerTable[type as string]!;
  return make(
    (lr as readonly number[]).map((rate) => ({ params: [zeros([1], { dtype: "float64" })], lr: rate })),
    optimizerOptions(rest),
  );
}

/** Steps a schedule as often as the case has rates. */
export const runSchedule: CaseRunner = (golden, check) => {
  const optimizer = optimizerOf(golden.config);
  const make = (): optim.Schedule => scheduleTable[golden.op]!(optimizer, golden.config);
  if (golden.error !== undefined) {
    check.throws(() => {
      const made = make();
      for (let i = 0; i < Number(golden.config["calls"] ?? 0); i++) made.step();
    });
    return;
  }
  const made = make();
  compareRates(golden, check, optimizer, () => made.step());
};

/** Steps ReduceLROnPlateau with the metrics of the case. */
export const runPlateau: CaseRunner = (golden, check) => {
  const optimizer = optimizerOf(golden.config);
  const options = settings<optim.ReduceLROnPlateauOptions>(golden.config, {
    optimizer: null,
    mode: "mode",
    factor: "factor",
    patience: "patience",
    threshold: "threshold",
    threshold_mode: "thresholdMode",
    cooldown: "cooldown",
    min_lr: "minLr",
    eps: "eps",
  });
  const made = new optim.ReduceLROnPlateau(optimizer, options);
  compareRates(golden, check, optimizer, (k) => made.step(golden.metrics![k - 1]!));
};
