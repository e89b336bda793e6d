import { BatchNorm, type Module } from "@tapegrad/nn";
import { cat, type Tensor } from "@tapegrad/tensor";
import { isFloat } from "@tapegrad/tensor/internal";
import type { SanityCheck } from "./check.ts";
import { leaving, outputOf, type Subject } from "./subject.ts";

/**
 * Another first sample must not change the outputs for the others: never in evaluation, and in training only where
 * BatchNorm takes its statistics from the batch.
 */
export function checkLeaks({ net, batch }: Subject): readonly SanityCheck[] {
  const name = "no leak across the batch";
  if ((batch.target.shape[0] ?? 0) < 2) {
    return [{ name, passed: undefined, found: "a batch of one sample", expected: "two samples or more", hint: "" }];
  }
  const norms = net.modules().filter((module) => module instanceof BatchNorm).length;
  const evaluation = leakOf(net, batch.inputs, false);
  const training = leakOf(net, batch.inputs, true);
  return [
    {
      name: `${name}, evaluation`,
      passed: evaluation === 0,
      found: told(evaluation),
      expected: "none",
      hint: "A sample changes the outputs for others: look at reshape and at reductions without axis; a BatchNorm without running statistics does it too.",
    },
    {
      name: `${name}, training`,
      passed: norms > 0 ? training > 0 : training === 0,
      found: told(training),
      expected: norms > 0 ? `one, of ${norms} BatchNorm` : "none",
      hint:
        norms > 0
          ? "BatchNorm takes its statistics from the batch in training, and here it does not: look at whether it is in evaluation mode or unused."
          : "Without BatchNorm no sample should see another: look at reshape and at reductions without axis.",
    },
  ];
}

function told(leak: number): string {
  return leak === 0 ? "none" : `others change by ${leak.toExponential(1)}`;
}

/** How much the outputs of other samples change with the first one. */
function leakOf(net: Module, inputs: readonly Tensor[], training: boolean): number {
  return leaving(net, () => {
    net.train(training);
    const before = rest(outputOf(net, inputs));
    const after = rest(outputOf(net, inputs.map(withOtherFirst))); // prettier-ignore
    return after.sub(before).abs().max().item();
  });
}

/** Another first sample: the second, and where there are numbers between, one that none of the batch need be. */
function withOtherFirst(input: Tensor): Tensor {
  const [first, second] = [input.slice([0, 1]), input.slice([1, 2])];
  const other = isFloat(input.dtype) ? second.mul(2).sub(first).add(1) : second;
  return cat([other, input.slice([1, input.shape[0]!])], 0);
}

function rest(output: Tensor): Tensor {
  return output.slice([1, output.shape[0]!]);
}
