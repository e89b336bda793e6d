import { assign, type nn, type Tensor } from "tapegrad";
import type { Lesson } from "./lesson.ts";
import type { Problem } from "./problem.ts";

/** Holds a composition, its values and its gradients, against a norm layer of the library with the same γ and β. */
export function compareWithLayer(
  lesson: Lesson,
  problem: Problem,
  layer: nn.BatchNorm | nn.LayerNorm | nn.RMSNorm,
  composed: {
    readonly y: Tensor;
    readonly auto: { readonly x: Tensor; readonly gamma: Tensor; readonly beta?: Tensor };
  },
): void {
  const { weight, bias } = layer;
  if (weight === undefined) throw new Error("compareWithLayer: expected a layer with a weight, got one without.");
  assign(weight, problem.gamma);
  if (bias !== undefined) assign(bias, problem.beta);
  const x = problem.x.clone().requiresGrad_();
  const y = layer.forward(x);
  y.backward(problem.dy);
  const { auto } = composed;
  lesson.compare([
    { name: "y", manual: composed.y, auto: y },
    { name: "dx", manual: auto.x, auto: gradientOf(x) },
    { name: "dgamma", manual: auto.gamma, auto: gradientOf(weight) },
    ...(bias === undefined || auto.beta === undefined
      ? []
      : [{ name: "dbeta", manual: auto.beta, auto: gradientOf(bias) }]),
  ]);
}

function gradientOf(tensor: Tensor): Tensor {
  if (tensor.grad === undefined) throw new Error("compareWithLayer: expected a gradient, got none.");
  return tensor.grad;
}
