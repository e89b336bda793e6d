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

/** Operators of the standard domain whose result depends on their inputs and attributes alone, by what they are about. */
const functions: Readonly<Record<string, Operators>> = {
  "element by element": elementwise,
  arithmetic,
  "comparisons and choice": comparisons,
  activations,
  reductions,
  "shapes and places": movement,
  "constants and shapes": creation,
  indexing,
  products,
  convolution,
  pooling: poolings,
  norms,
  "recurrent networks": recurrent,
  quantization,
  losses,
};

/** The other operators of the standard domain. */
const others: Readonly<Record<string, Operators>> = { "random numbers": random, "control flow": control };

/** Operators of the standard's extension for training. */
const training: Readonly<Record<string, Operators>> = { "optimizers and derivatives": { ...optimizers, ...gradient } };

/** The operators of a domain, and the versions of it in which they are what is implemented. */
export interface Domain {
  /** By what they are about. */
  readonly families: Readonly<Record<string, Operators>>;
  /** The last version of the domain whose operators are known. */
  readonly last: number;
}

/** The domains by name; the standard one has none. */
export const domains: ReadonlyMap<string, Domain> = new Map([
  ["", { families: { ...functions, ...others }, last: 27 }],
  ["ai.onnx.preview.training", { families: training, last: 1 }],
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

/** Rows by domain and name. */
const rows: ReadonlyMap<string, ReadonlyMap<string, Row>> = new Map(
  [...domains].map(([domain, { families, last }]) => [
    domain,
    new Map(
      Object.values(families).flatMap((family) =>
        Object.entries(family).map(([name, operator]): [string, Row] => {
          const first = firstVersions.get(name) ?? 1;
          return [name, { operator, first, last, isFunction: Object.values(functions).includes(family) }];
        }),
      ),
    ),
  ]),
);

/** The operator of a domain by its name. */
export function findOperator(domain: string, name: string): Row | undefined {
  return rows.get(domain)?.get(name);
}
