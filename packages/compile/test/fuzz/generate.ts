import * as fc from "fast-check";
import { binaryRules } from "./binary-rules.ts";
import { type Choices, ProgramBuilder, TooLarge } from "./builder.ts";
import { contractionRules } from "./contraction-rules.ts";
import { movementRules } from "./movement-rules.ts";
import type { Program } from "./program.ts";
import { reductionRules } from "./reduction-rules.ts";
import type { Rule } from "./rule.ts";
import { stateRules } from "./state-rules.ts";
import { unaryRules } from "./unary-rules.ts";

const everything = {
  ...unaryRules,
  ...binaryRules,
  ...reductionRules,
  ...movementRules,
  ...contractionRules,
  ...stateRules,
};
const named = (...names: (keyof typeof everything)[]): Readonly<Record<string, Rule>> =>
  Object.fromEntries(names.map((name) => [name, everything[name]!]));
const few = named("add", "mul", "sub", "relu", "exp", "sum", "mean", "where", "gt", "square");

/** What programs of a topic are made of. */
export const topics: Readonly<Record<string, Readonly<Record<string, Rule>>>> = {
  elementwise: { ...unaryRules, ...binaryRules },
  reductions: { ...reductionRules, ...few, ...named("broadcastTo", "reshape", "div", "sqrt") },
  "fused norms": named(
    "standardize",
    "softmax",
    "logSoftmax",
    "sum",
    "mean",
    "centre",
    "multiples",
    "rounded",
    "exp",
    "div",
    "mul",
    "add",
    "sub",
    "square",
    "rsqrt",
    "max",
    "reshape",
    "permute",
    "linear",
    "prod",
  ),
  movement: { ...movementRules, ...few },
  contraction: {
    ...contractionRules,
    ...few,
    ...named("permute", "reshape", "broadcastTo", "slice", "flip", "pad", "concat", "tanh"),
  },
  state: { ...stateRules, ...few, ...named("linear", "reshape", "slice", "standardize") },
  everything,
  "empty and single": { ...everything },
};

/** Programs of a topic, which shrink to simpler ones. */
export function choicesFor(topic: string): fc.Arbitrary<Choices> {
  const count = Object.keys(topics[topic] as object).length;
  const numbers = fc.array(fc.nat(59), { minLength: 6, maxLength: 14 });
  return fc.record({
    double: fc.boolean(),
    empty: fc.constant(topic === "empty and single"),
    inputs: fc.array(numbers, { minLength: 1, maxLength: 3 }),
    steps: fc.array(
      fc.tuple(fc.nat(count - 1), numbers).map(([rule, rest]) => [rule, ...rest]),
      { minLength: 1, maxLength: topic === "everything" || topic === "fused norms" ? 16 : 10 },
    ),
    ending: numbers,
  });
}

/** The program that choices decide. */
export function programOf(topic: string, { double, empty, inputs, steps, ending }: Choices): Program {
  const rules = Object.values(topics[topic]!);
  const b = new ProgramBuilder(double, empty);
  for (const picks of inputs) {
    b.choose(picks);
    b.fresh(b.shape());
  }
  for (const [rule, ...picks] of steps) {
    b.choose(picks);
    try {
      rules[rule as number]?.(b);
    } catch (error) {
      if (!(error instanceof TooLarge)) throw error;
    }
  }
  b.choose(ending);
  return b.finish();
}
