import { batchDeviationTests } from "./batch-deviation-cases.ts";
import { evoNormTests } from "./evo-norm-cases.ts";
import { mixingNormTests } from "./mixing-norm-cases.ts";
import { modulatedNormTests } from "./modulated-norm-cases.ts";
import { positionNormTests } from "./position-norm-cases.ts";
import { accumulatedBatchNormTests } from "./accumulated-batch-norm-cases.ts";
import { batchNormFamilyTests } from "./batch-norm-family-cases.ts";
import { channelNormTests } from "./channel-norm-cases.ts";
import { graphNormTests } from "./graph-norm-cases.ts";
import { domainNormTests } from "./domain-norm-cases.ts";
import { kindredNormTests } from "./kindred-norm-cases.ts";
import { lengthNormTests } from "./length-norm-cases.ts";
import { meanNormTests } from "./mean-norm-cases.ts";
import { mixtureNormTests } from "./mixture-norm-cases.ts";
import type { NormCall, NormKind, NormTest, NormTests } from "./norm-case.ts";
import { responseNormTests } from "./response-norm-cases.ts";
import { trailingNormTests } from "./trailing-norm-cases.ts";
import { weightNormTests } from "./weight-norm-cases.ts";

/** All that is tested of every norm: a norm without a row does not compile, nor passes completeness.test.ts. */
export const normTests: NormTests = {
  ...channelNormTests,
  ...batchNormFamilyTests,
  ...accumulatedBatchNormTests,
  ...domainNormTests,
  ...mixingNormTests,
  ...batchDeviationTests,
  ...modulatedNormTests,
  ...positionNormTests,
  ...evoNormTests,
  ...trailingNormTests,
  ...lengthNormTests,
  ...responseNormTests,
  ...graphNormTests,
  ...meanNormTests,
  ...mixtureNormTests,
  ...kindredNormTests,
  ...weightNormTests,
};

/** Every way to standardize an input of `shape`. */
export function kindsOf(shape: readonly number[]): NormKind[] {
  return Object.values(normTests).flatMap((test) => ("kinds" in test ? test.kinds(shape) : []));
}

/** The calls of a norm that do not standardize. */
export function callsOf(test: NormTest): readonly NormCall[] {
  return "calls" in test ? test.calls : (test.also ?? []);
}

/** Those of all norms. */
export const normCalls: readonly NormCall[] = Object.entries(normTests).flatMap(([norm, test]) =>
  callsOf(test).map((call) => ({ ...call, name: `${norm} ${call.name}` })),
);
