import { nn, ones, type Tensor } from "../../src/index.ts";
import type { Rows } from "./rows.ts";

const x = (): Tensor => ones([2, 4]);
const layer = (): nn.Module => new nn.Dense(4, 4);

/** The methods of lists. */
function listRows(name: string, list: () => object, one: () => object, kind: string): Rows {
  return {
    [`${name}.at`]: ["number", () => [list(), 0]],
    [`${name}.append`]: [kind, () => [list(), one()]],
    [`${name}.extend`]: [`${kind}s`, () => [list(), [one()]]],
    [`${name}.insert`]: [`number ${kind}`, () => [list(), 0, one()]],
    [`${name}.set`]: [`number ${kind}`, () => [list(), 0, one()]],
    [`${name}.delete`]: ["number", () => [list(), 0]],
    [`${name}.pop`]: ["number?", () => [list(), 0]],
  };
}

/** Those that make other lists. */
function sliceRows(name: string, list: () => object, one: () => object, kind: string): Rows {
  return {
    ...listRows(name, list, one, kind),
    [`${name}.slice`]: ["number? number?", () => [list(), 0, 1]],
    [`${name}.concat`]: [`${kind}s`, () => [list(), [one()]]],
  };
}

/** The methods of dictionaries. */
function dictRows(name: string, dict: () => object, one: () => object, kind: string): Rows {
  return {
    [`${name}.get`]: ["word", () => [dict(), "a"]],
    [`${name}.has`]: ["word", () => [dict(), "a"]],
    [`${name}.set`]: [`word ${kind}`, () => [dict(), "b", one()]],
    [`${name}.update`]: ["named", () => [dict(), { b: one() }]],
    [`${name}.delete`]: ["word", () => [dict(), "a"]],
    [`${name}.pop`]: ["word", () => [dict(), "a"]],
  };
}

/** Lists and dictionaries of modules and parameters. */
export const containerRows: Rows = {
  ...sliceRows("nn.Sequential", () => new nn.Sequential(layer()), layer, "module"),
  ...sliceRows("nn.ModuleList", () => new nn.ModuleList([layer()]), layer, "module"),
  ...sliceRows("nn.ParameterList", () => new nn.ParameterList([x()]), x, "tensor"),
  ...listRows("nn.GatedBlocks", () => new nn.GatedBlocks(layer()), layer, "module"),
  ...dictRows("nn.ModuleDict", () => new nn.ModuleDict({ a: layer() }), layer, "module"),
  ...dictRows("nn.ParameterDict", () => new nn.ParameterDict({ a: x() }), x, "tensor"),
  "nn.ModuleList": ["modules?", () => [[layer()]]],
  "nn.ParameterList": ["tensors?", () => [[x()]]],
  "nn.ModuleDict": ["named?", () => [{ a: layer() }]],
  "nn.ParameterDict": ["named?", () => [{ a: x() }]],
};
