import { expectNothing } from "@tapegrad/tensor/internal";
import activationNorms, { type ActivationNormName } from "./activation-norms.ts";
import constraintNorms, { type ConstraintNormName } from "./constraint-norms.ts";
import { type GivenFacts, identityOf, type Invariance, type NormFacts, unlessGiven } from "./norm-facts.ts";
import weightNorms, { type WeightNormName } from "./weight-norms.ts";

/** Names of the norms: of their functions, or of variants. */
export type NormName = ActivationNormName | WeightNormName | ConstraintNormName;

/** A row of {@link table}. */
export interface NormRow extends NormFacts {
  /** Name of its function, or its own where it is a variant of one. */
  readonly name: NormName;
  /**
   * Whether it normalizes the values that pass through, or the weight of a layer, perhaps with its inputs, whenever that is
   * used, or as a constraint after each update.
   */
  readonly kind: "activation" | "weight" | "constraint";
  /** What holds for its gradients, without eps and bias, as it follows from the invariances. */
  readonly identities: readonly string[];
}

function rowsOf<N extends NormName>(kind: NormRow["kind"], facts: Readonly<Record<N, GivenFacts>>): NormRow[] {
  return (Object.keys(facts) as N[]).map((name) => {
    const given = facts[name];
    const row: NormFacts = { ...unlessGiven, gradientInvariances: given.invariances, ...given };
    const identities = (Object.keys(identityOf) as Invariance[])
      .filter((invariance) => row.gradientInvariances.includes(invariance))
      .map((invariance) => identityOf[invariance]);
    return { name, kind, ...row, identities };
  });
}

/**
 * All norms as data, for documentation, comparisons and experiments.
 *
 * @example
 * const row = norms.table().find(({ name }) => name === "rmsNorm");
 * [row.kind, row.formula]; // => ["activation", "y = γ · x / √(⟨x²⟩ + ε)"]
 */
export function table(...none: []): readonly NormRow[] {
  expectNothing("table", none);
  return [
    ...rowsOf("activation", activationNorms),
    ...rowsOf("weight", weightNorms),
    ...rowsOf("constraint", constraintNorms),
  ];
}
