import { compile, type Compiled, type CompileOptions } from "@tapegrad/compile";
import "@tapegrad/autograd";
import type { Tensor } from "@tapegrad/tensor";
import process from "node:process";
import { serve } from "../protocol/serve.ts";
import { programOf } from "./program-of.ts";

// A contender: `eager`, or `compiled` with a number of threads.
const [mode, count] = process.argv.slice(2);

await serve([`Node ${process.versions.node}`], (row) => {
  const program = programOf(row);
  const run = mode === "eager" ? program.run : compiled(program.run, Number(count));
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

/** `threads` is left out for one thread as long as there is no such option. */
function compiled(run: (...inputs: Tensor[]) => Tensor, threads: number): Compiled<Tensor[], Tensor> {
  const options: CompileOptions & { threads: number } = { threads };
  try {
    return compile(run, options);
  } catch (error) {
    if (threads === 1) return compile(run);
    throw error;
  }
}
