import { resolveOptimizer, resolveSchedule } from "@tapegrad/optim/internal";
import { describe, expect, it } from "vitest";
import { nn, zeros } from "../src/index.ts";

const weight = (): nn.Parameter => new nn.Parameter(zeros([4, 3]));
const fill = (word: string): unknown => new nn.Dense(3, 4, { init: word as "zeros" }).weight;
const bend = (word: string): unknown => new nn.Dense(3, 4, { activation: word as "relu" }).activation;
const punish = (word: string): unknown => (weight().regularizer = word as "l1");
const bind = (word: string): unknown => (weight().constraint = word as "nonNeg");
const optimize = (word: string): unknown => resolveOptimizer("f", word, [weight()]);

/** What words resolve to, by kind: Keras' words, ours, and wrong ones with what is proposed. */
const kinds: Readonly<
  Record<string, readonly [resolve: (word: string) => unknown, right: string, wrong: Readonly<Record<string, string>>]>
> = {
  initialisers: [
    fill,
    "zeros ones uniform normal truncated_normal variance_scaling glorot_uniform glorot_normal he_uniform he_normal " +
      "lecun_uniform lecun_normal random_uniform random_normal orthogonal xavier_uniform xavier_normal kaiming_uniform kaiming_normal",
    { glorot_unifrom: "glorotUniform", he_norm: "heNormal", zero: "zeros", ortogonal: "orthogonal" },
  ],
  activations: [
    bend,
    "relu relu6 elu selu gelu gelu_tanh silu swish mish celu leaky_relu sigmoid log_sigmoid hard_sigmoid hard_silu hard_swish " +
      "tanh hard_tanh softmax softmin log_softmax softplus softsign linear identity exponential",
    { leaky_rleu: "leakyRelu", sigmod: "sigmoid", liner: "linear", hard_sigmiod: "hardSigmoid" },
  ],
  regularisers: [punish, "l1 l2 l1l2 l1_l2 orthogonal orthogonal_regularizer", { l3: "l1", ortho_regularizer: "orthogonalRegularizer" }],
  constraints: [bind, "max_norm non_neg unit_norm min_max_norm", { maxnrom: "maxNorm", non_negative: "nonNeg", unit_nrm: "unitNorm" }],
  optimizers: [
    optimize,
    "sgd adam adamw adamax nadam radam rmsprop adagrad adadelta lion muon muon_adamw adafactor lamb lars ftrl rprop asgd sparse_adam",
    { adma: "adam", rms_pro: "rmsprop", nadm: "nAdam" },
  ],
  schedules: [
    (word) => resolveSchedule("f", "a Schedule", word),
    "step_lr multi_step_lr exponential_lr cosine_annealing_lr cosine_annealing_warm_restarts one_cycle_lr cyclic_lr linear_lr constant_lr polynomial_lr " +
      "lambda_lr multiplicative_lr swa_lr",
    { stp_lr: "stepLR", cosine_anealing_lr: "cosineAnnealingLR", one_cicle_lr: "oneCycleLR" },
  ],
}; // prettier-ignore

/** A word in every spelling: leaky_relu, leakyRelu, LeakyRelu, leaky-relu, LEAKY_RELU. */
function spellings(word: string): string[] {
  const camel = word.replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase());
  return [word, camel, camel[0]!.toUpperCase() + camel.slice(1), word.replaceAll("_", "-"), word.toUpperCase()];
}

describe.each(Object.entries(kinds))("words for %s", (_, [resolve, right, wrong]) => {
  it.each(right.split(" "))("%s, in every spelling", (word) => {
    for (const spelling of spellings(word)) expect(resolve(spelling), spelling).toBeDefined();
  });

  it.each(Object.entries(wrong))("refuse %s, with the choices and the nearest one", (word, nearest) => {
    for (const spelling of [word, ...spellings(word)]) {
      const message = new RegExp(`expected .*one of .*, got "${spelling}"\\. Did you mean "${nearest}"\\?$`);
      expect(() => resolve(spelling)).toThrow(message);
    }
    for (const other of ["", "toString", "constructor", "__proto__"]) expect(() => resolve(other)).toThrow("one of ");
  });
});

describe("words mean what they say", () => {
  const x = zeros([2, 3]).add(-1.5);

  it.each([
    ["linear", x],
    ["swish", nn.functional.silu(x)],
    ["hard_silu", nn.functional.hardSwish(x)],
    ["leaky_relu", nn.functional.leakyRelu(x)],
    ["exponential", x.exp()],
  ] as const)("%s", (word, y) => {
    expect(new nn.Activation(word).forward(x).toArray()).toEqual(y.toArray());
  });

  it.each([
    ["random_normal", 0.05],
    ["random_uniform", 0.05 / Math.sqrt(3)],
    ["glorot_uniform", Math.sqrt(2 / 500)],
    ["glorot_normal", Math.sqrt(2 / 500)],
    ["he_normal", Math.sqrt(2 / 200)],
    ["he_uniform", Math.sqrt(2 / 200)],
    ["lecun_uniform", Math.sqrt(1 / 200)],
    ["lecun_normal", Math.sqrt(1 / 200)],
    ["variance_scaling", Math.sqrt(1 / 200)],
  ] as const)("%s has its deviation", (init, std) => {
    const { weight } = new nn.Dense(200, 300, { init, bias: false });
    expect(weight.std().item() / std).toBeCloseTo(1, 1);
    expect(Math.abs(weight.mean().item())).toBeLessThan(0.03 * std);
  });

  it.each([
    ["glorot_normal", Math.sqrt(2 / 500), true],
    ["he_normal", Math.sqrt(2 / 200), true],
    ["lecun_normal", Math.sqrt(1 / 200), true],
    ["xavier_normal", Math.sqrt(2 / 500), false],
    ["kaiming_normal", Math.sqrt(2 / 200), false],
  ] as const)("%s is cut off as in the framework whose word it is", (init, std, isCut) => {
    const { weight } = new nn.Dense(200, 300, { init, bias: false });
    // Keras cuts at two deviations of the normal numbers, which are wider than what is left of them.
    const end = (2 * std) / 0.8796256610342398;
    const largest = weight.abs().max().item();
    if (isCut) expect(largest).toBeLessThanOrEqual(end * (1 + 1e-6));
    else expect(largest).toBeGreaterThan(3 * std);
  });

  it("compile only where they are known", () => {
    const words = { init: "he_normal", activation: "hard_sigmoid", kernelRegularizer: "l1_l2", kernelConstraint: "min_max_norm" } as const;
    expect(new nn.Dense(1, 1, words).options).toMatchObject(words);
    // @ts-expect-error: a misspelt word
    expect(() => new nn.Dense(1, 1, { init: "he_norml" })).toThrow();
    // @ts-expect-error: a misspelt word
    expect(() => new nn.Dense(1, 1, { activation: "leaky_rleu" })).toThrow();
    // @ts-expect-error: a misspelt word
    expect(() => new nn.Dense(1, 1, { kernelRegularizer: "l1_l3" })).toThrow();
    // @ts-expect-error: a misspelt word
    expect(() => new nn.Dense(1, 1, { kernelConstraint: "max_nrom" })).toThrow();
  }); // prettier-ignore
});
