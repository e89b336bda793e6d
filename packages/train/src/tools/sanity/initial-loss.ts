import { noGrad } from "@tapegrad/autograd";
import { formatFigure } from "../../progress/format-figure.ts";
import type { SanityCheck } from "./check.ts";
import { leaving, lossOf, type Subject } from "./subject.ts";

/** How far the loss at the start may be from ln K, as a share of it. */
const tolerance = 0.25;

/** A fresh net that knows nothing gives each of K classes the same probability: its cross entropy is ln K. */
export function checkInitialLoss(subject: Subject): SanityCheck {
  const name = "loss at the start";
  const found = leaving(subject.net, () => noGrad(() => lossOf(subject).item()));
  const { classes } = subject;
  if (classes === undefined) {
    const passed = Number.isFinite(found) ? undefined : false;
    const hint = "A loss that is not finite before the first step comes from the data or the initial weights.";
    return { name, passed, found: formatFigure(found), expected: "ln K, where there are classes", hint };
  }
  const expected = Math.log(classes);
  return {
    name,
    passed: Math.abs(found - expected) <= tolerance * expected,
    found: formatFigure(found),
    expected: `about ln ${classes} = ${formatFigure(expected)}`,
    hint: "Another loss of a fresh net says that its outputs are too large or unequal: look at the weights of its last layer and the scale of the data; a trained net has another loss.",
  };
}
