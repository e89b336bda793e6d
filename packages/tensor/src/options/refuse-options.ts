import { ValueError } from "../errors.ts";
import { nearestName } from "./nearest-name.ts";
import type { Option } from "./option-table.ts";
import { didYouMean, quoted } from "./value-range.ts";

type Rows = { readonly [name: string]: Option<unknown> };

/** What other frameworks call an option, where the nearest name would not find it. */
const elsewhere: { readonly [name: string]: string | undefined } = {
  dim: "axis",
  dims: "axis",
  epsilon: "eps",
  learningRate: "lr",
  learning_rate: "lr",
  p: "rate",
  kernelInitializer: "init",
  kernel_initializer: "init",
  biasInitializer: "biasInit",
  bias_initializer: "biasInit",
};

/** The error that says what options look like, in the words that were meant where they can be guessed. */
export function notOptions(fn: string, given: unknown, table: object): ValueError {
  return new ValueError(`${fn}: expected options such as ${example(given, table as Rows)}, got ${quoted(given)}.`);
}

/** `{ axis: 0 }` for 0: the first option that takes the value, or else the first one as it is unless given. */
function example(given: unknown, rows: Rows): string {
  const names = Object.keys(rows);
  const meant = given === null ? undefined : names.find((name) => rows[name]!.range.has(given));
  const name = meant ?? names[0]!;
  const value = meant === undefined ? rows[name]!.standard : given;
  const isPrintable = value !== undefined && (!(value instanceof Object) || Array.isArray(value));
  return `{ ${name}: ${isPrintable ? quoted(value) : "..."} }`;
}

/** The error that says which options there are, and which one was probably meant. */
export function unknownOption(fn: string, name: string, table: object): ValueError {
  const names = Object.keys(table);
  const known = elsewhere[name];
  const meant = known !== undefined && names.includes(known) ? known : nearestName(name, names);
  return new ValueError(`${fn}: expected options ${names.join(", ")}, got "${name}".${didYouMean(meant)}`);
}
