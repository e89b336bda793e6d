import type { StateDict } from "@tapegrad/nn";
import { buildLayer } from "../layers.ts";
import type { CaseRunner } from "../run-case.ts";
import { checkSpread, collect, type Expected } from "./spread.ts";

/** Compares the state of a fresh layer: exactly where nothing is random, otherwise by its distribution. */
export const checkLayer: CaseRunner = ({ op, config, expected, stateBefore }, check) => {
  const state = (): StateDict => buildLayer(op, config).to("float64").stateDict();
  const want = Object.keys(expected ?? stateBefore ?? {});
  check.same("keys", Object.keys(state()).toSorted().join(), want.toSorted().join());
  for (const [name, tensor] of Object.entries(stateBefore ?? {})) check.tensor(name, state()[name], tensor);
  for (const [name, distribution] of Object.entries(expected ?? {})) {
    if (state()[name] === undefined) check.fail(`${name}: expected a tensor, got none`);
    else
      checkSpread(
        `${name}.`,
        collect(() => state()[name]!),
        distribution as Expected,
        check,
      );
  }
};
