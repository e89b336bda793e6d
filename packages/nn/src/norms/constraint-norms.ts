import { maxNorm, minMaxNorm, unitNorm } from "./kindred-norms.ts";
import type { GivenFacts } from "./norm-facts.ts";

/** Names of the constraints that normalize weights. */
export type ConstraintNormName = "maxNorm" | "unitNorm" | "minMaxNorm";

const rows: Readonly<Record<ConstraintNormName, GivenFacts>> = { maxNorm, unitNorm, minMaxNorm };

/** What is known about these norms, by their names. */
export default rows;
