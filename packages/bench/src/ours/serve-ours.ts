import { compile } from "@tapegrad/compile";
import "@tapegrad/autograd";
import type { Tensor } from "@tapegrad/tensor";
import process from "node:process";
import { serve } from "../protocol/serve.ts";
import { epochWork } from "./epoch-work.ts";
import { programOf } from "./program-of.ts";

// A contender: `eager`, or `compiled` with a number of threads.
const [mode, count] = process.argv.slice(2);

await serve([`Node ${process.versions.node}`], (row) => {
  if (row.kind === "epoch") return epochWork(row, mode === "eager" ? undefined : Number(count));
  const program = programOf(row);
  const run = mode === "eager" ? program.run : compile(program.run, { threads: Number(count) });
  let result: Tensor;
  return {
    step: () => {
      result = run(...program.inputs);
      return result.data[0]; // A training loop reads the loss.
    },
    values: () => program.values(result),
    compared: program.compared,
  };
});
