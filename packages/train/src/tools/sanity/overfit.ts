import { compile } from "@tapegrad/compile";
import { Adam } from "@tapegrad/optim";
import { type Tensor, zerosLike } from "@tapegrad/tensor";
import { formatFigure } from "../../progress/format-figure.ts";
import type { SanityCheck } from "./check.ts";
import { leaving, lossOf, type Subject } from "./subject.ts";

/** The share of the loss at the start that a batch learned by heart may leave. */
const left = 0.1;

/** A net that learns one batch by heart, and one that is given zeros in place of the inputs, which has to do worse. */
export function checkOverfitting(subject: Subject): readonly [overfits: SanityCheck, baseline: SanityCheck] {
  const { batch, steps } = subject;
  const own = learned(subject, batch.inputs);
  const blind = learned(subject, batch.inputs.map((input) => zerosLike(input))); // prettier-ignore
  const told = ([start, end]: readonly [number, number]): string => `${formatFigure(start)} → ${formatFigure(end)}`;
  return [
    {
      name: "overfits one batch",
      passed: own[1] <= left * own[0],
      found: told(own),
      expected: `at most ${left * 100} % of the loss after ${steps} steps`,
      hint: "The net cannot learn one batch by heart: look at whether gradients reach all layers, whether targets belong to their inputs, and at the rate (options lr and steps).",
    },
    {
      name: "inputs matter",
      passed: own[1] < 0.9 * blind[1],
      found: `${formatFigure(own[1])}, with zeros ${formatFigure(blind[1])}`,
      expected: "less than without inputs",
      hint: "Inputs of zeros do as well: the net does not look at its inputs, or they say nothing about the targets.",
    },
  ];
}

/** The loss before and after training on one batch. */
function learned(subject: Subject, inputs: readonly Tensor[]): readonly [start: number, end: number] {
  const { net, steps, lr } = subject;
  return leaving(net, () => {
    net.train();
    net.zeroGrad();
    const optimizer = new Adam(net.parameters(), { lr });
    const step = compile((given: readonly Tensor[]) => {
      optimizer.zeroGrad();
      const loss = lossOf(subject, given);
      loss.backward();
      optimizer.step();
      return loss;
    });
    const start = step(inputs).item();
    for (let i = 1; i < steps; i++) step(inputs);
    return [start, step(inputs).item()] as const;
  });
}
