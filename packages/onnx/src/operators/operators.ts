import type { Operator, Operators } from "./node-call.ts";
import { activations } from "./activations.ts";
import { arithmetic } from "./arithmetic.ts";
import { comparisons } from "./comparisons.ts";
import { control } from "./control.ts";
import { convolution } from "./convolution.ts";
import { creation } from "./creation.ts";
import { elementwise } from "./elementwise.ts";
import { gradient } from "./gradient.ts";
import { indexing } from "./indexing.ts";
import { losses } from "./losses.ts";
import { movement } from "./movement.ts";
import { norms } from "./norms.ts";
import { optimizers } from "./optimizers.ts";
import { poolings } from "./pooling.ts";
import { products } from "./products.ts";
import { quantization } from "./quantization.ts";
import { random } from "./random.ts";
import { recurrent } from "./recurrent.ts";
import { reductions } from "./reductions.ts";
import { firstVersions } from "./versions.ts";

/** Operators whose result depends on their inputs and attributes alone. */
const functions: Operators = {
  ...elementwise,
  ...arithmetic,
  ...comparisons,
  ...activations,
  ...reductions,
  ...movement,
  ...creation,
  ...indexing,
  ...products,
  ...convolution,
  ...poolings,
  ...norms,
  ...recurrent,
  ...quantization,
  ...losses,
};

/** The operators of a domain, and the versions of it in which they are what is implemented. */
export interface Domain {
  readonly operators: Operators;
  /** The last version of the domain whose operators are known. */
  readonly last: number;
}

/** The domains by name; the standard one has none. */
export const domains: ReadonlyMap<string, Domain> = new Map([
  ["", { operators: { ...functions, ...random, ...control }, last: 27 }],
  ["ai.onnx.preview.training", { operators: { ...optimizers, ...gradient }, last: 1 }],
]);

/** An operator in its domain. */
export interface Row {
  readonly operator: Operator;
  /** The first version of the domain in which it is what is implemented. */
  readonly first: number;
  readonly last: number;
  /** Whether equal inputs give equal outputs. */
  readonly isFunction: boolean;
}

/** The operator of a domain by its name. */
export function findOperator(domain: string, name: string): Row | undefined {
  const { operators, last } = domains.get(domain) ?? {};
  const operator = operators && Object.hasOwn(operators, name) ? operators[name] : undefined;
  if (operator === undefined || last === undefined) return undefined;
  return { operator, first: firstVersions.get(name) ?? 1, last, isFunction: functions[name] === operator };
}
