import { sizeOf } from "@tapegrad/tensor/internal";
import type { GraphOps } from "../../graph/algebra.ts";
import { attrsOf, type Graph, type Operation, operationOf, outputsOf, type Value } from "../../graph/graph.ts";
import type { Rewrite } from "../../graph/rebuild.ts";
import { fewestShared, unbroadcast } from "./shared-operand.ts";
import { widened } from "./widened.ts";

/** The largest float32. */
const largest = (2 - 2 ** -23) * 2 ** 127;

/** A sum or difference of float32 elements and a float64 number that many of them share. */
interface MixedSum {
  readonly name: "add" | "sub";
  /** Which operand is the float32 one. */
  readonly narrow: 0 | 1;
}

/**
 * Finds x ± u, rounded, of float32 x and float64 u, where many x share u, for two steps of float32: x ± h ± l with
 * h + l = u, of which the first is exact wherever digits cancel. As elements are not widened and narrowed again, that is a fraction of
 * the work; the result is off by one unit in its last place at most, not by half of one. Where u is beyond the range of
 * float32 both are kept within it, so that they stay on u's side and make no x that is infinite anything else.
 */
export function narrowSums(graph: Graph): Rewrite | undefined {
  const sums = mixedSums(graph);
  if (sums.size === 0) return undefined;
  return (builder, operation, _, of) => {
    const wide = operation.name === "cast" ? operationOf(operation.inputs[0]!) : undefined;
    const sum = wide && sums.get(wide);
    if (wide === undefined || sum === undefined) return undefined;
    const x = of(widened(wide.inputs[sum.narrow]!)!);
    return [inSteps(builder, sum, x, of(wide.inputs[1 - sum.narrow]!))];
  };
}

/** Those that nothing sees before they are rounded. */
function mixedSums(graph: Graph): ReadonlyMap<Operation, MixedSum> {
  const sums = new Map<Operation, MixedSum>();
  for (const operation of graph.operations) {
    const sum = mixedSum(operation);
    if (sum !== undefined) sums.set(operation, sum);
  }
  if (sums.size === 0) return sums;
  const see = (value: Value): void => {
    const operation = operationOf(value);
    if (operation !== undefined) sums.delete(operation);
  };
  for (const operation of graph.operations) if (!rounds(operation)) operation.inputs.forEach(see);
  outputsOf(graph).forEach(see);
  return sums;
}

function mixedSum({ name, inputs, outputs }: Operation): MixedSum | undefined {
  if (name !== "add" && name !== "sub") return undefined;
  const narrow = inputs.findIndex((input, i) => {
    const shared = unbroadcast(inputs[1 - i]!);
    return widened(input) !== undefined && sizeOf(input.shape) >= fewestShared * sizeOf(shared.shape);
  });
  return narrow < 0 || outputs[0]!.dtype !== "float64" ? undefined : { name, narrow: narrow as 0 | 1 };
}

function rounds(operation: Operation): boolean {
  return operation.name === "cast" && attrsOf(operation, "cast").dtype === "float32";
}

function inSteps(builder: GraphOps, { name, narrow }: MixedSum, x: Value, shared: Value): Value {
  const to = (value: Value, dtype: "float32" | "float64"): Value => builder.apply("cast", [value], { dtype });
  const sub = (a: Value, b: Value): Value => builder.apply("sub", [a, b], {});
  const broad = (value: Value): Value => builder.apply("broadcastTo", [value], { shape: shared.shape });
  const scalar = (value: number): Value => builder.scalar(value, "float64");
  const within = (value: Value): Value =>
    builder.apply("minimum", [builder.apply("maximum", [value, scalar(-largest)], {}), scalar(largest)], {});
  const source = unbroadcast(shared);
  const isFinite = builder.apply("lt", [builder.apply("abs", [source], {}), scalar(Infinity)], {});
  const high = to(builder.apply("where", [isFinite, within(source), source], {}), "float32");
  const isLess = name === "sub" && narrow === 0;
  const rest = isLess ? sub(source, to(high, "float64")) : sub(to(high, "float64"), source);
  // There is no rest of what is infinite, or no number.
  const low = to(builder.apply("where", [isFinite, within(rest), scalar(0)], {}), "float32");
  const [a, b] = narrow === 0 ? [x, broad(high)] : [broad(high), x];
  // What is subtracted is 0, not -0, where there is no rest: that leaves the sign of a zero.
  return sub(builder.apply(name, [a, b], {}), broad(low));
}
