import { describe, expect, it } from "vitest";
import * as tapegrad from "../src/index.ts";
import {
  arange,
  assign,
  Generator,
  manualSeed,
  ones,
  rand,
  randn,
  type Stateful,
  TapegradError,
  Tensor,
  tensor,
} from "../src/index.ts";

const { data, nn, optim } = tapegrad;
type Sampler = tapegrad.data.Sampler;

/** Something with a state, and what it does next. */
interface Subject {
  readonly object: { stateDict(): unknown; loadStateDict(state: never): unknown };
  /** Moves it on; returns what can be seen of that. */
  readonly go: () => unknown;
  /** Tensors that it works on and does not own. */
  readonly surroundings: readonly Tensor[];
}

function subject<State>(object: Stateful<State>, go: () => unknown, surroundings: readonly Tensor[] = []): Subject {
  return { object, go, surroundings };
}

/** A subject that begins otherwise for every seed. */
type Row = (seed: number) => Subject;

function optimizerRow<O>(
  Class: new (params: Tensor[], options: O) => InstanceType<typeof optim.Optimizer>,
  options: O,
): Row {
  return (seed) => {
    const w = randn([3, 2], { dtype: "float64", generator: new Generator(seed) });
    const optimizer = new Class([w], { lr: 0.01 * seed, ...options });
    const go = (): unknown => {
      optimizer.step(() => {
        const slope = arange(6, undefined, undefined, { dtype: "float64" }).reshape([3, 2]);
        w.grad = w.mul(0.5).add(slope);
        return w.square().mul(0.25).add(w.mul(slope)).sum().item();
      });
      return [w.toArray(), optimizer.lr];
    };
    return subject(optimizer, go, [w]);
  };
}

type AnySchedule = InstanceType<typeof optim.Schedule>;

function scheduleRow(make: (optimizer: InstanceType<typeof optim.SGD>) => AnySchedule): Row {
  return (seed) => {
    const optimizer = new optim.SGD(
      [ones([1]), ones([1])].map((w) => ({ params: [w] })),
      { lr: 0.1 * seed, momentum: 0.5 },
    );
    const schedule = make(optimizer);
    // A constructor that forgets to begin leaves this undefined.
    expect(optimizer.groups[1]?.initialLr).toBe(0.1 * seed);
    const go = (): unknown => {
      schedule.step();
      return [schedule.stepCount, schedule.lrs, optimizer.groups.map(({ momentum }) => momentum?.item())];
    };
    return subject(schedule, go);
  };
}

function samplerRow<State extends object>(make: (seed: number) => Stateful<State> & Sampler): Row {
  return (seed) => {
    const sampler = make(seed);
    return subject(sampler, () => [...sampler.indices(2)]);
  };
}

const plainOptimizers = [optim.Adamax, optim.Lion, optim.NAdam, optim.RAdam, optim.Rprop, optim.SparseAdam];

const rows: { readonly [name: string]: Row } = {
  Generator: (seed) => {
    const generator = new Generator(seed);
    return subject(generator, () => rand([3], { generator }).toArray());
  },
  Module: (seed) => {
    manualSeed(seed);
    const model = new nn.Sequential(new nn.Dense(3, 4), new nn.BatchNorm(4));
    const x = randn([5, 3], { generator: new Generator(7) });
    return subject(model, () => [model.forward(x).toArray(), model.buffers().map((buffer) => buffer.toArray())]);
  },
  DataLoader: (seed) => {
    const loader = new data.DataLoader(new data.TensorDataset(arange(20)), { batchSize: 3, shuffle: true, seed });
    const batches = data.pipeline(loader).repeat()[Symbol.iterator]();
    return subject(loader, () => batches.next().value?.map((batch: Tensor) => batch.toArray()));
  },
  SubsetRandomSampler: samplerRow((seed) => new data.SubsetRandomSampler([...Array(20).keys()], { seed })),
  RandomSampler: samplerRow((seed) => new data.RandomSampler(20, { seed })),
  WeightedSampler: samplerRow((seed) => new data.WeightedSampler([1, 2, 3], { numSamples: 20, seed })),
  SequentialSampler: samplerRow(() => new data.SequentialSampler(20)),
  BatchSampler: (seed) => {
    const sampler = new data.BatchSampler(new data.RandomSampler(20, { seed }), { batchSize: 6 });
    return subject(sampler, () => sampler.batches(2).map((batch) => [...batch]));
  },
  WeightAverage: (seed) => {
    const w = tensor([seed, 2]);
    const average = new optim.WeightAverage([w], { decay: 0.7 });
    const go = (): unknown => {
      assign(w, w.mul(0.9).add(1));
      average.update();
      return average.averages.map((each) => each.toArray());
    };
    return subject(average, go, [w]);
  },
  Adadelta: optimizerRow(optim.Adadelta, { weightDecay: 0.1 }),
  Adafactor: optimizerRow(optim.Adafactor, { weightDecay: 0.1 }),
  Adagrad: optimizerRow(optim.Adagrad, { lrDecay: 0.1 }),
  Adam: optimizerRow(optim.Adam, { amsgrad: true }),
  ...Object.fromEntries(plainOptimizers.map((Class) => [Class.name, optimizerRow(Class, {})])),
  AdamW: optimizerRow(optim.AdamW, { betas: [0.8, 0.9] as const }),
  ASGD: optimizerRow(optim.ASGD, { lambd: 0.1, t0: 2 }),
  Ftrl: optimizerRow(optim.Ftrl, { l1: 0.1 }),
  LAMB: optimizerRow(optim.LAMB, { weightDecay: 0.1 }),
  LARS: optimizerRow(optim.LARS, { trustCoefficient: 0.1 }),
  LBFGS: optimizerRow(optim.LBFGS, { maxIter: 2, lineSearchFn: "strong_wolfe" as const }),
  Muon: optimizerRow(optim.Muon, { adjustLr: "match_rms_adamw" as const }),
  MuonAdamW: optimizerRow(optim.MuonAdamW, { adamW: true }),
  RMSprop: optimizerRow(optim.RMSprop, { momentum: 0.9, centered: true }),
  SGD: optimizerRow(optim.SGD, { momentum: 0.9, nesterov: true }),
  ConstantLR: scheduleRow((o) => new optim.ConstantLR(o)),
  CosineAnnealingLR: scheduleRow((o) => new optim.CosineAnnealingLR(o, { tMax: 10 })),
  CosineAnnealingWarmRestarts: scheduleRow((o) => new optim.CosineAnnealingWarmRestarts(o, { t0: 2, tMult: 2 })),
  CyclicLR: scheduleRow((o) => new optim.CyclicLR(o, { baseLr: [0, 0.1], maxLr: 1, stepSizeUp: 5 })),
  ExponentialLR: scheduleRow((o) => new optim.ExponentialLR(o, { gamma: 0.5 })),
  LambdaLR: scheduleRow((o) => new optim.LambdaLR(o, { lrLambda: (t) => 1 / (1 + t) })),
  LinearLR: scheduleRow((o) => new optim.LinearLR(o)),
  MultiplicativeLR: scheduleRow((o) => new optim.MultiplicativeLR(o, { lrLambda: (t) => 1 - 1 / (1 + t) })),
  MultiStepLR: scheduleRow((o) => new optim.MultiStepLR(o, { milestones: [2, 5] })),
  OneCycleLR: scheduleRow((o) => new optim.OneCycleLR(o, { maxLr: 1, totalSteps: 12 })),
  PolynomialLR: scheduleRow((o) => new optim.PolynomialLR(o, { totalIters: 9, power: 2 })),
  SWALR: scheduleRow((o) => new optim.SWALR(o, { swaLr: 0.01 })),
  StepLR: scheduleRow((o) => new optim.StepLR(o, { stepSize: 2 })),
  SequentialLR: scheduleRow((o) => {
    const schedules = [new optim.LinearLR(o, { totalIters: 4 }), new optim.OneCycleLR(o, { maxLr: 1, totalSteps: 12 })];
    return new optim.SequentialLR(o, { schedules, milestones: [4] });
  }),
  ChainedScheduler: scheduleRow((o) => {
    const decay = new optim.ExponentialLR(o, { gamma: 0.5 });
    const inner = new optim.SequentialLR(o, { schedules: [new optim.ConstantLR(o), decay], milestones: [2] });
    return new optim.ChainedScheduler(o, { schedules: [new optim.LinearLR(o), inner] });
  }),
  ReduceLROnPlateau: (seed) => {
    const optimizer = new optim.SGD([ones([1])], { lr: seed });
    const schedule = new optim.ReduceLROnPlateau(optimizer, { patience: 2, cooldown: 1, factor: 0.5 });
    const go = (): unknown => {
      schedule.step(1);
      return [optimizer.lr, schedule.stateDict()];
    };
    return subject(schedule, go, [optimizer.groups[0]!.lr]);
  },
};

/** A state as a text gives it back. */
function throughJSON(state: unknown): never {
  return JSON.parse(JSON.stringify(state)) as never;
}

/** A copy with tensors replaced; fails for whatever else is not JSON. */
function plain(value: unknown, replace: (tensor: Tensor) => unknown): unknown {
  if (value instanceof Tensor) return replace(value);
  if (Array.isArray(value)) return value.map((each) => plain(each, replace));
  if (typeof value === "object" && value !== null) {
    expect([Object.prototype, null]).toContain(Object.getPrototypeOf(value));
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each, replace)]));
  }
  expect(value === null || ["number", "string", "boolean"].includes(typeof value), String(value)).toBe(true);
  if (typeof value === "number") expect(value).toSatisfy(Number.isFinite);
  return value;
}

/** What a state may have in the place of something. */
const wrongs: readonly unknown[] = [
  "wrong",
  null,
  undefined,
  NaN,
  -1,
  0.5,
  7,
  true,
  {},
  [],
  [[null]],
  tensor([1, 2, 3, 4]),
];

/** The state with one part after the other, and at last all of it, replaced by `wrong`. */
function* broken(state: unknown, wrong: unknown): Iterable<unknown> {
  yield wrong;
  if (typeof state !== "object" || state === null || state instanceof Tensor) return;
  if (Array.isArray(state)) {
    for (const [i, each] of state.entries()) for (const other of broken(each, wrong)) yield state.with(i, other);
  } else {
    for (const [key, each] of Object.entries(state)) {
      for (const other of broken(each, wrong)) yield { ...state, [key]: other };
    }
  }
}

function caught(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  return undefined;
}

const copied = (state: unknown): never => plain(state, (each) => each.clone()) as never;
const seen = (state: unknown): unknown => plain(state, (each) => [each.shape, each.dtype, each.toArray()]);

describe.each(Object.entries(rows))("%s", (name, row) => {
  it("goes on from its state to the same bits", () => {
    const [one, other, fresh] = [row(1), row(2), row(2)];
    for (let i = 0; i < 3; i++) one.go();
    for (const each of [other, fresh]) each.surroundings.forEach((w, i) => assign(w, one.surroundings[i]!));
    const before = seen(one.object.stateDict());
    other.object.loadStateDict(throughJSON(one.object.stateDict()));
    expect(seen(other.object.stateDict())).toEqual(before);
    const [next, loaded, unloaded] = [one, other, fresh].map((each) => [each.go(), each.go(), each.go(), each.go()]);
    expect(loaded).toEqual(next);
    // The order of this one depends on nothing.
    if (name !== "SequentialSampler") expect(unloaded).not.toEqual(next);
  });

  it("is its state in JSON", () => {
    const { object, go } = row(1);
    go();
    expect(JSON.stringify({ object })).toBe(JSON.stringify({ object: object.stateDict() }));
  });

  it("refuses a state with anything wrong in it, and stays as it is", () => {
    const { object, go } = row(1);
    go();
    const state = copied(object.stateDict());
    const before = seen(state);
    let tried = 0;
    for (const wrong of broken(state, "wrong")) {
      expect(() => object.loadStateDict(wrong as never), JSON.stringify(wrong)).toThrow(TapegradError);
      expect(seen(object.stateDict())).toEqual(before);
      tried++;
    }
    expect(tried).toBeGreaterThan(1);
  });

  it("refuses other states with an error of its own and stays as it is, or takes them", () => {
    const { object, go, surroundings } = row(1);
    go();
    const state = copied(object.stateDict());
    const before = seen([state, surroundings]);
    let refused = 0;
    for (const wrong of [state, throughJSON(state)].flatMap((form) =>
      wrongs.flatMap((each) => [...broken(form, each)]),
    )) {
      const error = caught(() => object.loadStateDict(wrong as never));
      if (error === undefined) object.loadStateDict(state);
      else {
        refused++;
        expect(error, JSON.stringify(wrong)).toBeInstanceOf(TapegradError);
      }
      expect(seen([object.stateDict(), surroundings]), JSON.stringify(wrong)).toEqual(before);
    }
    expect(refused).toBeGreaterThan(2 * wrongs.length);
  });
});

it("has a row for every class with a state", () => {
  const classes = Object.entries({ ...tapegrad, ...nn, ...optim, ...data, ...tapegrad.datasets }).filter(
    ([, value]) =>
      typeof value === "function" &&
      ["stateDict", "loadStateDict"].some((method) => Object.hasOwn(value, "prototype") && method in value.prototype),
  );
  // Layers have nothing to add to what their base does.
  const ofModules = (Class: { readonly prototype: object }): boolean =>
    (["stateDict", "loadStateDict"] as const).every(
      (method) =>
        (Class.prototype as Partial<Row & typeof nn.Module.prototype>)[method] === nn.Module.prototype[method],
    );
  const subjects = Object.values(rows).map((row) => row(1).object);
  const missing = classes.filter(
    ([, Class]) =>
      !subjects.some((each) => each instanceof (Class as new () => object)) &&
      !ofModules(Class as { readonly prototype: object }),
  );
  expect(missing.map(([name]) => name)).toEqual([]);
  expect(classes.length).toBeGreaterThan(Object.keys(rows).length);
});
