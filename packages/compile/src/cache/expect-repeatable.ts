import { CompileError } from "@tapegrad/tensor";
import type { Graph } from "../graph/graph.ts";
import type { Dependencies } from "../trace/dependencies.ts";

/**
 * Throws if the call after a run of a plan would need another plan, or if the run does something besides.
 *
 * @throws {CompileError} `exportWasm: expected a function that can run again as it is, got one that ...`
 */
export function expectRepeatable(fn: string, dependencies: Dependencies, { grads }: Graph): void {
  const { cellGuards, cellWrites, flagGuards, flagWrites, gradGuards, effects } = dependencies;
  const refuse = (what: string, hint: string): CompileError =>
    new CompileError(`${fn}: expected a function that does the same in every call, got one that ${what}. ${hint}`);
  const again = "Call it once before, or let it do that outside.";
  if (effects.length > 0) {
    throw refuse("steps a schedule", "Step it outside, and write the rate into the module.");
  }
  const cells = new Map(cellWrites);
  for (const [cell, value] of cellGuards) {
    if (cells.has(cell) && !Object.is(cells.get(cell), value)) throw refuse(`changes ${cell.label}`, again);
  }
  const flags = new Map(flagWrites);
  for (const [tensor, flag] of flagGuards) {
    if ((flags.get(tensor) ?? flag) !== flag) throw refuse("changes requiresGrad of a tensor", again);
  }
  const given = new Map(grads.map(({ leaf, value }) => [leaf, value !== undefined]));
  for (const { leaf, present } of gradGuards) {
    if ((given.get(leaf) ?? present) === present) continue;
    const what = present ? "removes a gradient that is there" : "adds to gradients that are not there yet";
    throw refuse(what, "Call it once before, or begin it with zeroGrad().");
  }
}
