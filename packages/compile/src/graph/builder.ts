import type { DType, TypedArray } from "@tapegrad/tensor";
import { dtypes, type Expectation, firstUnexpected, sizeOf, type Spec } from "@tapegrad/tensor/internal";
import { definitionOf } from "../operations/definition.ts";
import type { OperationName, Operations } from "../operations/operation.ts";
import { foldable, simplify } from "./algebra.ts";
import { constantData } from "./constants.ts";
import { type Operation, operationOf, type Source, type Value } from "./graph.ts";

/**
 * Makes graphs. An operation that was applied before to the same values is not applied again, one whose inputs
 * are all constant is evaluated, and one that changes nothing gives its input.
 */
export class GraphBuilder {
  readonly operations: Operation[] = [];
  readonly #known = new Map<string, readonly Value[]>();
  #values = 0;

  /** A value that comes from outside. */
  input(from: Source, shape: readonly number[], dtype: DType): Value {
    return { id: this.#values++, shape, dtype, from, index: 0 };
  }

  /** A constant; if all elements are equal, one of them, broadcast. */
  constant(data: TypedArray, shape: readonly number[], dtype: DType): Value {
    if (data.length > 1 && data.every((element) => Object.is(element, data[0]))) {
      const one = this.constant(data.slice(0, 1), [], dtype);
      return this.apply("broadcastTo", [one], { shape });
    }
    const make = (): Value => this.input({ kind: "constant", data: data.slice() }, shape, dtype);
    if (data.length > 16) return make();
    const key = `constant ${dtype} [${shape.join()}] ${Array.from(data, signed).join()}`;
    const known = this.#known.get(key)?.[0];
    if (known !== undefined) return known;
    const made = make();
    this.#known.set(key, [made]);
    return made;
  }

  /** A constant of no axes. */
  scalar(value: number, dtype: DType): Value {
    return this.constant(new dtypes[dtype].array([value]), [], dtype);
  }

  /** Fails the call where an element is not as expected. */
  check(x: Value, expectation: Expectation): void {
    const source = inOrderOf(x);
    if (!isAlways(source, expectation)) this.applyAll("check", [source], expectation);
  }

  /** The first output of an operation. */
  apply<P extends OperationName>(name: P, inputs: readonly Value[], attrs: Operations[P]): Value {
    return this.applyAll(name, inputs, attrs)[0]!;
  }

  /** All outputs of an operation. */
  applyAll<P extends OperationName>(name: P, inputs: readonly Value[], attrs: Operations[P]): readonly Value[] {
    const simpler = simplify(this, name, inputs, attrs);
    if (simpler !== undefined) return [simpler];
    let key = `${name} ${textOf(attrs)}`;
    for (const { id } of inputs) key += ` ${id}`;
    let values = this.#known.get(key);
    if (values === undefined) this.#known.set(key, (values = this.#add(name, inputs, attrs)));
    return values;
  }

  #add<P extends OperationName>(name: P, inputs: readonly Value[], attrs: Operations[P]): readonly Value[] {
    const specs = definitionOf(name).infer(inputs, attrs);
    if (foldable(name, inputs, specs)) return this.#fold(name, inputs, attrs, specs);
    const outputs: Value[] = [];
    const operation: Operation<P> = { kind: "operation", name, inputs, attrs, outputs };
    this.operations.push(operation);
    for (const { shape, dtype } of specs) {
      outputs.push({ id: this.#values++, shape, dtype, from: operation, index: outputs.length });
    }
    return outputs;
  }

  #fold<P extends OperationName>(
    name: P,
    inputs: readonly Value[],
    attrs: Operations[P],
    specs: readonly Spec[],
  ): readonly Value[] {
    const blocks = inputs.map((input) => ({ ...input, data: constantData(input) as TypedArray }));
    const data = definitionOf(name).evaluate(blocks, attrs, specs);
    return specs.map(({ shape, dtype }, i) => this.constant(data[i]!, shape, dtype));
  }
}

/** The value whose elements a value has, in the same order but for repetitions. */
function inOrderOf(value: Value): Value {
  const operation = operationOf(value);
  const isSame = operation?.name === "reshape" || operation?.name === "broadcastTo";
  return isSame && sizeOf(value.shape) > 0 ? inOrderOf(operation.inputs[0]!) : value;
}

/** Whether every element is as expected in all calls. */
function isAlways(value: Value, expectation: Expectation): boolean {
  if (sizeOf(value.shape) === 0) return true;
  const data = constantData(value);
  return data !== undefined && firstUnexpected(data, expectation) === undefined;
}

/** A number as text that tells -0 from 0. */
function signed(element: number): string {
  return Object.is(element, -0) ? "-0" : String(element);
}

/** Attributes as text: different for different ones. */
function textOf(attrs: unknown): string {
  if (typeof attrs === "number") return signed(attrs);
  if (Array.isArray(attrs)) {
    let text = "[";
    for (const entry of attrs) text += `${textOf(entry)},`;
    return `${text}]`;
  }
  if (typeof attrs !== "object" || attrs === null) return JSON.stringify(attrs) ?? "";
  let text = "{";
  for (const [name, value] of Object.entries(attrs)) text += `${name}:${textOf(value)},`;
  return `${text}}`;
}
