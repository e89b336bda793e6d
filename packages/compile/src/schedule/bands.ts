import { sameShape } from "@tapegrad/tensor/internal";
import { constantScalar } from "../graph/constants.ts";
import { type Graph, type Operation, operationOf, outputsOf, type Value } from "../graph/graph.ts";
import { operations } from "../operations/operations.ts";
import { type Band, hull, intersection } from "./band.ts";
import { bandOfMask } from "./mask-band.ts";
import { type Outside, outsideOf } from "./outside.ts";
import type { Views } from "./view.ts";

/** Elementwise operations between a product and a mask, at most. */
const longestChain = 8;

/** What a `where` gives: `inside` matters in a band only, outside of it there is `outside`. */
interface Choice {
  readonly band: Band;
  readonly inside: Value;
  readonly outside: Value;
}

/**
 * Which diagonals of the matrices in the last two axes of values matter, because of masks that follow from positions, as that
 * of causal attention does: outside of these elements are 0, or nothing depends on them.
 */
export class Bands {
  readonly #graph: Graph;
  readonly #views: Views;
  readonly #choices = new Map<Operation, Choice>();
  readonly #outside = new Map<Value, Outside>();
  #readers: ReadonlyMap<Value, readonly Operation[]> | undefined;

  constructor(graph: Graph, views: Views) {
    this.#graph = graph;
    this.#views = views;
    for (const operation of graph.operations) {
      const outside = this.#outsideOf(operation);
      if (outside !== undefined) this.#outside.set(operation.outputs[0]!, outside);
    }
  }

  /** Whether there are no masks that follow from positions. */
  get areNone(): boolean {
    return this.#outside.size === 0;
  }

  /** What a value is outside of a band; undefined if it is not known to be the same everywhere there. */
  outsideOf(value: Value): Outside | undefined {
    return this.#outside.get(value);
  }

  /** Where a value may be other than 0; undefined if that may be everywhere. */
  ofNonzero(value: Value): Band | undefined {
    const outside = exactly(this.#outside.get(value));
    return outside?.constant === 0 ? outside.band : undefined;
  }

  /** Where anything that is computed of a value depends on it; undefined if that may be everywhere. */
  ofNeeded(value: Value, left: number = longestChain): Band | undefined {
    if (this.#choices.size === 0 || left === 0) return undefined;
    this.#readers ??= readersIn(this.#graph);
    const bands = this.#readers.get(value)?.map((reader) => this.#neededBy(reader, value, left - 1));
    return bands?.reduce(hull);
  }

  /** Where an operation depends on a value that it reads. */
  #neededBy(reader: Operation, value: Value, left: number): Band | undefined {
    const { name, inputs, outputs } = reader;
    const [result] = outputs;
    if (result === undefined || operations[name].kind !== "elementwise") return undefined;
    if (!sameShape(result.shape, value.shape)) return undefined;
    const choice = this.#choices.get(reader);
    const isInside = choice?.inside === value && inputs.indexOf(value) === inputs.lastIndexOf(value);
    return intersection(isInside ? choice.band : undefined, this.ofNeeded(result, left));
  }

  /** What the result of an operation is outside of a band, if it is the same everywhere there. */
  #outsideOf(operation: Operation): Outside | undefined {
    if (operation.name === "where") return this.#outsideOfChoice(operation);
    const [result] = operation.outputs;
    if (this.#outside.size === 0 || result === undefined) return undefined;
    return outsideOf(operation, (operand) => this.#within(result, operand));
  }

  #outsideOfChoice(operation: Operation): Outside | undefined {
    const result = operation.outputs[0]!;
    const choice = this.#choiceOf(operation);
    if (choice === undefined) {
      // Whatever the condition is, what is outside of its operand's band is the same number, as with dropout.
      const [, kept, dropped] = operation.inputs as readonly [Value, Value, Value];
      const outside = exactly(this.#within(result, kept));
      return outside && Object.is(outside.constant, constantScalar(dropped)) ? outside : undefined;
    }
    this.#choices.set(operation, choice);
    const constant = constantScalar(choice.outside);
    if (constant === undefined) return undefined;
    const inside = exactly(this.#within(result, choice.inside));
    const isAlike = inside !== undefined && Object.is(inside.constant, constant);
    return { band: isAlike ? intersection(choice.band, inside.band)! : choice.band, constant };
  }

  /** A `where` whose condition is false outside of a band, or true there: `where(x == c, …)` of an x that is c there. */
  #choiceOf({ inputs, outputs }: Operation): Choice | undefined {
    const [condition, then, otherwise] = inputs as readonly [Value, Value, Value];
    const band = bandOfMask(condition, outputs[0]!.shape, this.#views);
    if (band !== undefined) return { band, inside: then, outside: otherwise };
    const comparison = operationOf(condition);
    if (comparison?.name !== "eq") return undefined;
    const [x, number] = comparison.inputs as readonly [Value, Value];
    const outside = exactly(this.#within(outputs[0]!, x));
    const isThere = outside !== undefined && outside.constant === constantScalar(number);
    return isThere ? { band: outside.band, inside: otherwise, outside: then } : undefined;
  }

  /** What is known of an operand, if it has the matrices of the result. */
  #within({ shape }: Value, operand: Value): Outside | undefined {
    const isAlike = shape.at(-1) === operand.shape.at(-1) && shape.at(-2) === operand.shape.at(-2);
    return isAlike ? this.#outside.get(operand) : undefined;
  }
}

/** What is known of a value that is not NaN anywhere outside of its band. */
function exactly(outside: Outside | undefined): Outside | undefined {
  return outside?.orNaN === true ? undefined : outside;
}

/** What reads each value that the graph does not give. */
function readersIn(graph: Graph): ReadonlyMap<Value, readonly Operation[]> {
  const readers = new Map<Value, Operation[]>();
  for (const operation of graph.operations) {
    for (const input of operation.inputs) {
      const known = readers.get(input);
      if (known === undefined) readers.set(input, [operation]);
      else known.push(operation);
    }
  }
  for (const value of outputsOf(graph)) readers.delete(value);
  return readers;
}
