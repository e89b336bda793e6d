import { channelNormTests } from "./channel-norm-cases.ts";
import { lengthNormTests } from "./length-norm-cases.ts";
import type { NormCall, NormKind, NormTests } from "./norm-case.ts";
import { trailingNormTests } from "./trailing-norm-cases.ts";

/** All that is tested of every norm: a norm without a row does not compile, nor passes completeness.test.ts. */
export const normTests: NormTests = {
  ...channelNormTests,
  ...trailingNormTests,
  ...lengthNormTests,
};

/** Every way to standardize an input of `shape`. */
export function kindsOf(shape: readonly number[]): NormKind[] {
  return Object.values(normTests).flatMap((test) => ("kinds" in test ? test.kinds(shape) : []));
}

/** The calls of all other norms. */
export const normCalls: readonly NormCall[] = Object.entries(normTests).flatMap(([norm, test]) =>
  "calls" in test ? test.calls.map((call) => ({ ...call, name: `${norm} ${call.name}` })) : [],
);
