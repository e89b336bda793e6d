import { manualSeed } from "@tapegrad/tensor";
import type { CaseRunner } from "../run-case.ts";
import { checkFill, fills } from "./fills.ts";
import { checkGain } from "./gain.ts";
import { checkLayer } from "./fresh-layer.ts";
import { isLayer } from "../layers.ts";

/** Runs a case of init.json: what initialisers and fresh layers contain. */
export const init: CaseRunner = (golden, check) => {
  manualSeed(1);
  if (golden.op === "calculate_gain") checkGain(golden, check);
  else if (Object.hasOwn(fills, golden.op)) checkFill(golden, check);
  else if (isLayer(golden.op)) checkLayer(golden, check);
  else check.fail(`no adapter for ${golden.op}`);
};
