import { init } from "@tapegrad/nn";
import type { Json } from "../format.ts";
import { number } from "../format.ts";
import type { CaseRunner } from "../run-case.ts";

/** Our name of an activation: `leaky_relu` is `leakyRelu`, `conv_transpose2d` is `convTranspose2d`. */
export function nonlinearity(name: Json | undefined): init.Nonlinearity {
  return String(name).replaceAll(/_[a-z]/g, (part) => part.slice(1).toUpperCase()) as init.Nonlinearity;
}

/** Compares a recommended gain. */
export const checkGain: CaseRunner = ({ config, expected = {}, error }, check) => {
  const slope = config["param"] === undefined ? [] : [number(config["param"], "param")];
  const gain = (): number => init.gain(nonlinearity(config["nonlinearity"]), ...slope);
  if (error === undefined) check.number("gain", gain(), number(expected["gain"], "gain"));
  else check.throws(gain);
};
