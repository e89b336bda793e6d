import { sizeOf } from "@tapegrad/tensor/internal";
import type { GraphOps } from "../../graph/algebra.ts";
import { constantScalar } from "../../graph/constants.ts";
import { attrsOf, type Graph, type Operation, outputsOf, type Value } from "../../graph/graph.ts";
import type { Rewrite } from "../../graph/rebuild.ts";
import type { OperationName } from "../../operations/operation.ts";
import { fewestShared, unbroadcast } from "./shared-operand.ts";

/** Reciprocals of smaller numbers may be infinite. */
const small = 2 ** -500;

/**
 * Finds float64 quotients of many elements by the same number, for products with its reciprocal, which take a fifth of the
 * time: where they are rounded to float32 or summed, so that half a unit in their own last place is nothing.
 */
export function reciprocals(graph: Graph): Rewrite | undefined {
  const quotients = new Set(graph.operations.filter(isQuotient));
  if (quotients.size === 0) return undefined;
  const rounded = roundedLater(graph);
  return (builder, operation, inputs) => {
    const isProduct = quotients.has(operation) && rounded.has(operation.outputs[0]!);
    return isProduct ? [product(builder, ...(inputs as [Value, Value]))] : undefined;
  };
}

function isQuotient({ name, inputs, outputs }: Operation): boolean {
  if (name !== "div" || outputs[0]!.dtype !== "float64") return false;
  const divisor = inputs[1]!;
  const count = constantScalar(divisor) === undefined ? sizeOf(unbroadcast(divisor).shape) : 1;
  return sizeOf(unbroadcast(inputs[0]!).shape) >= fewestShared * count;
}

function product(builder: GraphOps, x: Value, divisor: Value): Value {
  const constant = constantScalar(divisor);
  const times = (a: Value, b: Value): Value => builder.apply("mul", [a, b], {});
  if (constant !== undefined && Math.abs(constant) >= small) {
    return times(x, builder.apply("reciprocal", [divisor], {}));
  }
  // x / d = (x · p) · (1 / (d · p)) with p large where d is small; a quotient that is finite overflows nowhere.
  const by = unbroadcast(divisor);
  const scalar = (value: number): Value => builder.scalar(value, "float64");
  const isSmall = builder.apply("lt", [builder.apply("abs", [by], {}), scalar(small)], {});
  const power = builder.apply("where", [isSmall, scalar(1 / small), scalar(1)], {});
  const reciprocal = builder.apply("reciprocal", [times(by, power)], {});
  const { shape } = divisor;
  const broad = (value: Value): Value => builder.apply("broadcastTo", [value], { shape });
  return times(times(x, broad(power)), broad(reciprocal));
}

/** Operations whose result is off by as little as their operands are. */
const smooth: ReadonlySet<OperationName> = new Set<OperationName>([
  "add", "sub", "mul", "neg", "abs", "square", "maximum", "minimum",
  "reshape", "broadcastTo", "permute", "slice", "flip", "copy",
]); // prettier-ignore

/** The values that nothing sees before they are rounded to float32 or summed. */
function roundedLater(graph: Graph): ReadonlySet<Value> {
  const seen = new Set<Value>(outputsOf(graph));
  for (const operation of graph.operations.toReversed()) {
    const { name, inputs, outputs } = operation;
    // Beside a constant a quotient may cancel, as in 1 - x / max: what is 0 then must stay 0.
    const cancels = (name === "add" || name === "sub") && inputs.some((input) => constantScalar(input) !== undefined);
    const passes = (smooth.has(name) && !cancels) || (name === "div" && inputs[0] !== inputs[1]) || name === "where";
    inputs.forEach((input, i) => {
      const isRounded = name === "sum" || (name === "cast" && attrsOf(operation, "cast").dtype === "float32");
      // The divisor of a quotient, or the condition of a choice, is looked at.
      const isOnly = name === "div" ? i === 0 : name === "where" ? i > 0 : true;
      if (!isRounded && !(passes && isOnly && !seen.has(outputs[0]!))) seen.add(input);
    });
  }
  return new Set(graph.operations.flatMap(({ outputs }) => outputs.filter((value) => !seen.has(value))));
}
