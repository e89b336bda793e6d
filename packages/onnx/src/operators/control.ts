import { stack, type Tensor, tensor } from "@tapegrad/tensor";
import type { NodeCall, Operators } from "./node-call.ts";

/** A loop that never ends is an error. */
const mostTrips = 10_000;

/** Runs a body as often as told, or while it says so; returns carried values and what each trip gave, stacked. */
function loop(call: NodeCall): Tensor[] {
  const body = call.body("body");
  const trips = call.numberOf(0) ?? Infinity;
  let goesOn = call.flagOf(1) ?? true;
  let carried = call.inputs.slice(2).map((_, i) => call.input(2 + i));
  const given: Tensor[][] = [];
  for (let trip = 0; trip < trips && goesOn; trip++) {
    if (trip === mostTrips) call.fail("input[0]", `expected at most ${mostTrips} trips, got more`);
    const condition = call.fix(tensor([1], { dtype: "bool", shape: [] }));
    const [next, ...outputs] = body(call.fix(tensor(trip, { dtype: "int32" })), condition, ...carried);
    goesOn = next === undefined || call.elements("the condition", next)[0] !== 0;
    carried = outputs.splice(0, carried.length);
    outputs.forEach((output, i) => (given[i] ??= []).push(output));
  }
  return [...carried, ...given.map((outputs) => stack(outputs))];
}

/** Control flow. */
export const control: Operators = {
  If: (call) => call.body(call.flagOf(0) === true ? "then_branch" : "else_branch")(),
  Loop: loop,
};
