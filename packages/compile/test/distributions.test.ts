import { gradcheck } from "@tapegrad/autograd";
import { distributions, Generator, multinomial, randn, type Tensor, tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { expectFrequencies } from "./expect-frequencies.ts";

const { Bernoulli, Categorical, klDivergence, Normal, Uniform } = distributions;
const double = (data: Parameters<typeof tensor>[0]): Tensor => tensor(data, { dtype: "float64" });
const ints = (data: Parameters<typeof tensor>[0]): Tensor => tensor(data, { dtype: "int32" });
const normals = (seed: number, ...shape: number[]): Tensor =>
  randn(shape, { dtype: "float64", generator: new Generator(seed) });
const close = (got: Tensor, want: readonly number[] | number, digits = 13): void => {
  const wanted = [want].flat();
  expect(got.size).toBe(wanted.length);
  got.data.forEach((element, i) => expect(element, `element ${i}`).toBeCloseTo(wanted[i]!, digits));
};

describe("Normal", () => {
  const [loc, scale] = [normals(6, 2, 3), normals(7, 3).exp()];
  const value = normals(8, 4, 2, 3);
  const normal = new Normal(loc, scale);
  const each = <T>(of: (x: number, m: number, s: number) => T): T[] =>
    Array.from(value.data, (x, i) => of(x, loc.data[i % 6]!, scale.data[i % 3]!));

  it("has the density, entropy and moments of the textbook", () => {
    expect(normal.batchShape).toEqual([2, 3]);
    close(normal.logProb(value), each((x, m, s) => Math.log(Math.exp(-((x - m) ** 2) / (2 * s * s)) / (s * Math.sqrt(2 * Math.PI))))); // prettier-ignore
    const scales = Array.from({ length: 6 }, (_, i) => scale.data[i % 3]!);
    close(normal.entropy(), scales.map((s) => 0.5 * Math.log(2 * Math.PI * Math.E * s * s))); // prettier-ignore
    close(normal.variance, scales.map((s) => s * s)); // prettier-ignore
    close(normal.std, scales);
    for (const centre of [normal.mean, normal.mode]) expect(centre.toArray()).toEqual(loc.toArray());
  });

  it("has the integral of the density as cdf, and its tail", () => {
    const standard = new Normal(double(0), 1);
    const steps = 4000;
    const integral = (to: number): number => {
      // Simpson's rule from far out.
      const h = (to + 12) / steps;
      const f = (i: number): number => Math.exp(standard.logProb(-12 + i * h).item());
      let sum = f(0) + f(steps);
      for (let i = 1; i < steps; i++) sum += f(i) * (i % 2 === 1 ? 4 : 2);
      return (sum * h) / 3;
    };
    for (const x of [-2, 0, 0.7]) expect(standard.cdf(x).item()).toBeCloseTo(integral(x), 12);
    // Φ(−20), by the asymptotic series φ(x) / x (1 − 1/x² + 3/x⁴ − 15/x⁶ + 105/x⁸).
    const series = (Math.exp(-200) / Math.sqrt(2 * Math.PI) / 20) * (1 - 1 / 400 + 3 / 20 ** 4 - 15 / 20 ** 6 + 105 / 20 ** 8); // prettier-ignore
    expect(standard.cdf(-20).item() / series).toBeCloseTo(1, 8);
  });

  it("has the divergence that a mean over draws estimates, and 0 from itself", () => {
    const [p, q] = [new Normal(double(1), 0.7), new Normal(double(0.2), 1.5)];
    const exact = Math.log(1.5 / 0.7) + (0.7 ** 2 + 0.8 ** 2) / (2 * 1.5 ** 2) - 0.5;
    close(klDivergence(p, q), exact);
    const x = p.sample([40_000], { generator: new Generator(9) });
    const terms = p.logProb(x).sub(q.logProb(x));
    expect(Math.abs(terms.mean().item() - exact)).toBeLessThan(5 * (terms.std().item() / 200));
    close(klDivergence(p, p), 0);
  });

  it("draws with its mean and deviation", () => {
    const drawn = new Normal(tensor([-1, 5]), tensor([0.1, 3])).sample([20_000], { generator: new Generator(10) });
    expect([drawn.shape, drawn.dtype, drawn.requiresGrad]).toEqual([[20_000, 2], "float32", false]);
    const [means, deviations] = [drawn.mean({ axis: 0 }).data, drawn.std({ axis: 0 }).data];
    [[-1, 0.1], [5, 3]].forEach(([mean, std], i) => {
      expect(Math.abs(means[i]! - mean!)).toBeLessThan(5 * (std! / Math.sqrt(20_000)));
      expect(Math.abs(deviations[i]! - std!)).toBeLessThan(5 * (std! / Math.sqrt(40_000)));
    }); // prettier-ignore
  });

  it("has gradients through its draws, probabilities, entropy and divergence", () => {
    const other = new Normal(0.3, 1.7);
    const of = (m: Tensor, logScale: Tensor): InstanceType<typeof Normal> => new Normal(m, logScale.exp());
    const inputs = [loc, scale.log()];
    const shared = (m: Tensor, s: Tensor): Tensor => of(m, s).rsample([4], { generator: new Generator(11) });
    gradcheck(shared, inputs, { order: 2 });
    const noise = shared(loc, scale.log()).sub(loc).div(scale);
    close(noise, [...randn([4, 2, 3], { dtype: "float64", generator: new Generator(11) }).data]);
    gradcheck((m, s, x) => of(m, s).logProb(x), [...inputs, value], { order: 2 });
    gradcheck((m, s, x) => of(m, s).cdf(x), [...inputs, value], { order: 2 });
    gradcheck((m, s) => of(m, s).entropy(), inputs, { order: 2 });
    gradcheck((m, s) => klDivergence(of(m, s), other), inputs, { order: 2 });
    gradcheck((m, s) => klDivergence(other, of(m, s)), inputs, { order: 2 });
    expect(new Normal(loc.clone().requiresGrad_(), 1).sample().requiresGrad).toBe(false);
    expect(new Normal(loc.clone().requiresGrad_(), 1).rsample().requiresGrad).toBe(true);
  });
});

describe("Uniform", () => {
  const uniform = new Uniform(double([-1, 2]), double([1, 6]));

  it("has the density, entropy and moments of the textbook", () => {
    close(uniform.logProb(double([[0.5, 2], [-1, 6]])), [-Math.log(2), -Math.log(4), -Math.log(2), -Infinity]); // prettier-ignore
    close(uniform.entropy(), [Math.log(2), Math.log(4)]);
    close(uniform.mean, [0, 4]);
    close(uniform.variance, [4 / 12, 16 / 12]);
    close(uniform.std, [Math.sqrt(4 / 12), Math.sqrt(16 / 12)]);
    close(uniform.cdf(double([[0, 3], [-9, 9]])), [0.5, 0.25, 0, 1]); // prettier-ignore
    expect(uniform.mode.toArray()).toEqual([-1, 2]);
    close(klDivergence(uniform, new Uniform(-2, 6)), [Math.log(4), Math.log(2)]);
    close(klDivergence(uniform, new Uniform(0, 6)), [Infinity, Math.log(1.5)]);
  });

  it("draws within its bounds, with its mean, and with gradients", () => {
    const drawn = uniform.sample([20_000], { generator: new Generator(12) });
    expect(drawn.ge(uniform.low).logicalAnd(drawn.lt(uniform.high)).all().item()).toBe(1);
    const off = drawn.mean({ axis: 0 }).sub(uniform.mean).abs().div(uniform.std);
    expect(off.max().item()).toBeLessThan(5 / Math.sqrt(20_000));
    const bounds = [uniform.low, uniform.high];
    gradcheck((a, b) => new Uniform(a, b).rsample([3], { generator: new Generator(13) }), bounds, { order: 2 });
    gradcheck((a, b) => new Uniform(a, b).logProb(double([0.5, 3])), bounds, { order: 2 });
    gradcheck((a, b) => new Uniform(a, b).cdf(double([0.5, 3])), bounds, { order: 2 });
    gradcheck((a, b) => klDivergence(new Uniform(a, b), new Uniform(-2, 7)), bounds, { order: 2 });
  });
});

describe("Bernoulli", () => {
  const p = [0.2, 0.5, 0.9];
  const logits = double(p.map((each) => Math.log(each / (1 - each))));
  const entropy = p.map((each) => -each * Math.log(each) - (1 - each) * Math.log(1 - each));

  it.each([
    ["logits", new Bernoulli({ logits })],
    ["probs", new Bernoulli({ probs: double(p) })],
  ])("of %s has the probabilities, entropy and moments of the textbook", (_, bernoulli) => {
    close(bernoulli.probs, p);
    close(bernoulli.logits, [...logits.data]);
    close(bernoulli.logProb(double([[1, 1, 1], [0, 0, 0]])), [...p.map(Math.log), ...p.map((each) => Math.log(1 - each))]); // prettier-ignore
    close(bernoulli.logProb(1), p.map(Math.log));
    close(bernoulli.entropy(), entropy);
    close(bernoulli.variance, [0.16, 0.25, 0.09]);
    expect(bernoulli.mean).toBe(bernoulli.probs);
    const other = new Bernoulli({ probs: double(0.3) });
    close(klDivergence(bernoulli, other), p.map((a) => a * Math.log(a / 0.3) + (1 - a) * Math.log((1 - a) / 0.7))); // prettier-ignore
    const drawn = bernoulli.sample([20_000], { generator: new Generator(14) });
    expect([drawn.shape, drawn.dtype]).toEqual([[20_000, 3], "float64"]);
    p.forEach((each, i) => expectFrequencies(drawn.at([], i).data, [1 - each, each]));
  });

  it("has NaN as mode where neither is more likely, as PyTorch has", () => {
    expect(new Bernoulli({ probs: tensor(p) }).mode.toArray()).toEqual([0, NaN, 1]);
  });

  it("stays finite and exact at the ends", () => {
    const far = new Bernoulli({ logits: double([-800, 800]) });
    close(far.logProb(double([[1, 0], [0, 1]])), [-800, -800, 0, 0]); // prettier-ignore
    close(far.entropy(), [0, 0]);
    const ends = new Bernoulli({ probs: tensor([0, 1]) });
    // What PyTorch gives: the logarithm of the dtype's epsilon.
    close(ends.logProb(tensor([[1, 0], [0, 1]])), [-15.9423847, -15.9423847, -1.1920929e-7, -1.1920929e-7], 5); // prettier-ignore
    const sure = new Bernoulli({ probs: double([0, 1]) });
    close(klDivergence(sure, new Bernoulli({ probs: double(0.5) })), [Math.LN2, Math.LN2]);
    close(klDivergence(new Bernoulli({ probs: double(0.5) }), sure), [Infinity, Infinity]);
    close(klDivergence(sure, sure), [0, 0]);
  });

  it("has gradients, at logit 0 too", () => {
    const x = double([1, 0, 1]);
    gradcheck((l) => new Bernoulli({ logits: l }).logProb(x), [logits.add(0.1)], { order: 2 });
    gradcheck((l) => new Bernoulli({ logits: l }).entropy(), [logits.add(0.1)], { order: 2 });
    gradcheck((q) => new Bernoulli({ probs: q }).logProb(x), [double(p)], { order: 2 });
    gradcheck((q) => new Bernoulli({ probs: q }).entropy(), [double(p)], { order: 2 });
    gradcheck(
      (l) => klDivergence(new Bernoulli({ logits: l }), new Bernoulli({ probs: double(0.3) })),
      [logits.add(0.1)],
    );
    const zero = double([0, 0]).requiresGrad_();
    new Bernoulli({ logits: zero })
      .logProb(double([1, 0]))
      .sum()
      .backward();
    expect(zero.grad!.toArray()).toEqual([0.5, -0.5]);
  });
});

describe("Categorical", () => {
  const p = [[0.2, 0.3, 0.5], [0.7, 0.1, 0.2]]; // prettier-ignore
  const entropy = p.map((row) => -row.reduce((sum, each) => sum + each * Math.log(each), 0));

  it.each([
    ["logits", new Categorical({ logits: double(p).log().add(3) })],
    ["probs", new Categorical({ probs: double(p).mul(8) })],
  ])("of %s has the probabilities and entropy of the textbook", (_, policy) => {
    expect(policy.batchShape).toEqual([2]);
    close(policy.probs, p.flat());
    close(policy.logits, p.flat().map(Math.log));
    close(policy.logProb(ints([2, 0])), [0.5, 0.7].map(Math.log));
    close(policy.logProb(ints([[1, 1], [0, 2], [2, 0]])), [0.3, 0.1, 0.2, 0.2, 0.5, 0.7].map(Math.log)); // prettier-ignore
    close(policy.logProb(1), [0.3, 0.1].map(Math.log));
    close(policy.entropy(), entropy);
    expect(policy.mode.toArray()).toEqual([2, 0]);
    const other = new Categorical({ probs: double([1, 1, 2]) });
    close(klDivergence(policy, other), p.map((row) => row.reduce((sum, a, k) => sum + a * Math.log(a / [0.25, 0.25, 0.5][k]!), 0))); // prettier-ignore
    const drawn = policy.sample([20_000], { generator: new Generator(15) });
    expect([drawn.shape, drawn.dtype]).toEqual([[20_000, 2], "int32"]);
    p.forEach((row, i) => expectFrequencies(drawn.at([], i).data, row));
    expect(policy.sample().shape).toEqual([2]);
    expect(policy.sample([2, 3]).shape).toEqual([2, 3, 2]);
  });

  it("leaves out classes that a mask rules out, in draws, entropy, divergence and gradients", () => {
    const logits = double([[1, -Infinity, 2], [0, 0, -Infinity]]).requiresGrad_(); // prettier-ignore
    const policy = new Categorical({ logits });
    expect(new Set(policy.sample([500]).at([], 0).data)).toEqual(new Set([0, 2]));
    expect(policy.logProb(ints([1, 2])).toArray()).toEqual([-Infinity, -Infinity]);
    const even = new Categorical({ logits: double([0, 0, 0]) });
    const objective = policy
      .entropy()
      .add(klDivergence(policy, even))
      .add(policy.logProb(ints([0, 1])));
    objective.sum().backward();
    expect(objective.toArray()).toEqual([Math.log(3) - Math.log(1 + Math.E), Math.log(3) - Math.LN2].map((want) => expect.closeTo(want, 13) as number)); // prettier-ignore
    close(logits.grad!.at([], 0), [1 - 1 / (1 + Math.E), -0.5]);
    expect(logits.grad!.at(logits.eq(-Infinity)).toArray()).toEqual([0, 0]);
    close(klDivergence(even, policy), [Infinity, Infinity]);
    const [zeros, other] = [new Categorical({ probs: double([0, 1]) }), new Categorical({ probs: double([1, 0]) })];
    close(klDivergence(zeros, zeros), 0);
    close(klDivergence(zeros, other), Infinity);
    expect(new Set(zeros.sample([500]).data)).toEqual(new Set([1]));
  });

  it("has gradients", () => {
    const x = ints([2, 0]);
    const other = new Categorical({ probs: double([1, 1, 2]) });
    const logits = double(p).log();
    gradcheck((l) => new Categorical({ logits: l }).logProb(x), [logits], { order: 2 });
    gradcheck((l) => new Categorical({ logits: l }).entropy(), [logits], { order: 2 });
    gradcheck((l) => klDivergence(new Categorical({ logits: l }), other), [logits], { order: 2 });
    gradcheck((l) => klDivergence(other, new Categorical({ logits: l })), [logits], { order: 2 });
    gradcheck((q) => new Categorical({ probs: q }).logProb(x), [double(p)], { order: 2 });
    gradcheck((q) => new Categorical({ probs: q }).entropy(), [double(p)], { order: 2 });
  });
});

describe("what a distribution refuses", () => {
  it.each<[string, () => unknown, string]>([
    ["neither", () => new Categorical({} as { logits: Tensor }), "Categorical: expected either { logits } or { probs }, got neither."],
    ["both", () => new Bernoulli({ logits: tensor(0), probs: tensor(0) } as unknown as { logits: Tensor }), "Bernoulli: expected either { logits } or { probs }, got both."],
    ["a tensor alone", () => new Categorical(tensor([1]) as unknown as { logits: Tensor }), "Categorical: expected options such as { logits: ... }, got a Tensor."],
    ["a list", () => new Categorical({ probs: [1] as unknown as Tensor }), "Categorical: expected probs to be a tensor, got [1]."],
    ["no classes", () => new Categorical({ probs: tensor(1) }), "Categorical: expected probs with at least one class along the last axis, got shape []."],
    ["float classes", () => new Categorical({ probs: tensor([1]) }).logProb(tensor([0])), 'Categorical.logProb: expected int32 classes, got float32. Convert them with to("int32").'],
    ["a fraction of a class", () => new Categorical({ probs: tensor([1, 1]) }).logProb(0.5), 'Categorical.logProb: expected a whole class, got 0.5.'],
    ["shapes", () => new Normal(tensor([1, 2]), tensor([1, 2, 3])), "Normal: expected shapes that broadcast, got [2] and [3], which disagree at axis -1."],
    ["a shape", () => new Normal(0, 1).sample([-1]), "Normal.sample: expected whole extents of at least 0, got shape [-1]."],
    ["options", () => new Normal(0, 1).rsample([2], { seed: 1 } as object), 'Normal.rsample: expected options generator, got "seed".'],
    ["another kind", () => klDivergence(new Normal(0, 1), new Uniform(0, 1) as never), "klDivergence: expected two distributions of one kind, got Normal and Uniform. Estimate it from draws: the mean of p.logProb(x) − q.logProb(x)."],
    ["no distribution", () => klDivergence(new Normal(0, 1), 5 as never), "klDivergence: expected q to be a distribution, got 5."],
    ["no classes to draw", () => multinomial(tensor(1), 1), "multinomial: expected probabilities with at least one class along the last axis, got shape []."],
    ["more than there are", () => multinomial(tensor([1, 1]), 3), "multinomial: expected at least 3 probabilities > 0 in each row to draw as many without replacement, got 2."],
    ["no count", () => multinomial(tensor([1, 1]), 0), "multinomial: expected count to be a whole number ≥ 1, got 0."],
  ])("%s", (_, run, message) => {
    expect(run).toThrow(message);
  }); // prettier-ignore
});
