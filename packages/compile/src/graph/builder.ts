import type { DType, TypedArray } from "@tapegrad/tensor";
import { dtypes, type Expectation, firstUnexpected, sizeOf, type Spec } from "@tapegrad/tensor/internal";
import { definitionOf } from "../operations/definition.ts";
import type { OperationName, Operations } from "../operations/operation.ts";
import { operations } from "../operations/operations.ts";
import { foldable, simplify } from "./algebra.ts";
import { constantData, constantScalar, isUniform } from "./constants.ts";
import { madeOperation, type Operation, operationOf, type Source, type Value } from "./graph.ts";
import { nameNumber } from "./name-number.ts";

/** An operation that was applied, and what it gave. */
interface Application {
  readonly name: OperationName;
  readonly inputs: readonly Value[];
  readonly attrs: Operations[OperationName];
  readonly outputs: readonly Value[];
}

/**
 * Makes graphs. An operation that was applied before to the same values is not applied again, one whose inputs
 * are all constant is evaluated (where each has equal elements, for one of them), and one that changes nothing gives its
 * input.
 */
export class GraphBuilder {
  readonly operations: Operation[] = [];
  /** What was applied, by a hash of it, or the next number that was free. */
  readonly #applied = new Map<number, Application>();
  readonly #constants = new Map<string, Value>();
  #nextId: number;

  /** @param first the number of the first value that it makes */
  constructor(first: number = 0) {
    this.#nextId = first;
  }

  /** The number of the next value. */
  get nextId(): number {
    return this.#nextId;
  }

  /** A value that comes from outside. */
  input(from: Source, shape: readonly number[], dtype: DType): Value {
    return { id: this.#nextId++, shape, dtype, from, index: 0 };
  }

  /**
   * A constant; if all elements are equal, one of them, broadcast.
   *
   * @param own what it is, if it has not been made yet
   */
  constant(data: TypedArray, shape: readonly number[], dtype: DType, own?: Value): Value {
    if (data.length > 1 && isUniform(data)) {
      const one = this.constant(data.slice(0, 1), [], dtype);
      return this.apply("broadcastTo", [one], { shape });
    }
    const make = (): Value => own ?? this.input({ kind: "constant", data: data.slice() }, shape, dtype);
    if (data.length > 16) return make();
    const key = `${dtype} ${shape.join()} ${data.length === 1 ? signed(data[0]!) : Array.from(data, signed).join()}`;
    let known = this.#constants.get(key);
    if (known === undefined) this.#constants.set(key, (known = make()));
    return known;
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

  /**
   * All outputs of an operation.
   *
   * @param outputs their shapes and dtypes, where those are known
   */
  applyAll<P extends OperationName>(
    name: P,
    inputs: readonly Value[],
    attrs: Operations[P],
    outputs?: readonly Spec[],
  ): readonly Value[] {
    const simpler = simplify(this, name, inputs, attrs);
    if (simpler !== undefined) return [simpler];
    const key = hashOf(name, inputs, attrs);
    const known = this.#known(key, name, inputs, attrs);
    if (known !== undefined) return known;
    const values = this.#add(name, inputs, attrs, outputs ?? definitionOf(name).infer(inputs, attrs));
    this.#remember(key, { name, inputs, attrs, outputs: values });
    return values;
  }

  /** What an operation gave that was applied before. */
  #known(key: number, name: OperationName, inputs: readonly Value[], attrs: unknown): readonly Value[] | undefined {
    for (let at = key; ; at = (at + 1) | 0) {
      const one = this.#applied.get(at);
      if (one === undefined) return undefined;
      if (one.name === name && sameValues(one.inputs, inputs) && isSame(one.attrs, attrs)) return one.outputs;
    }
  }

  #remember(key: number, application: Application): void {
    let at = key;
    while (this.#applied.has(at)) at = (at + 1) | 0;
    this.#applied.set(at, application);
  }

  /** Takes an operation of another builder as it is, with its outputs, unless it was applied before. */
  keep(operation: Operation): readonly Value[] {
    const { name, inputs, attrs, outputs } = operation;
    const key = hashOf(name, inputs, attrs);
    const known = this.#known(key, name, inputs, attrs);
    if (known !== undefined) return known;
    this.operations.push(operation);
    this.#remember(key, operation);
    return outputs;
  }

  #add<P extends OperationName>(
    name: P,
    inputs: readonly Value[],
    attrs: Operations[P],
    specs: readonly Spec[],
  ): readonly Value[] {
    if (foldable(name, inputs, specs)) return this.#fold(name, inputs, attrs, specs);
    if (operations[name].kind === "elementwise" && operations[name].foldsUpTo > 0 && inputs.every(isOneNumber)) {
      const scalars = inputs.map((input) => this.scalar(constantScalar(input)!, input.dtype));
      return [this.apply("broadcastTo", [this.apply(name, scalars, attrs)], { shape: specs[0]!.shape })];
    }
    const operation = madeOperation(name, inputs, attrs, specs, this.#nextId);
    this.#nextId += specs.length;
    this.operations.push(operation);
    return operation.outputs;
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

/** Whether all elements of a value are one number, in all calls. */
function isOneNumber(value: Value): boolean {
  return constantScalar(value) !== undefined;
}

/** A number as text that tells -0 from 0. */
function signed(element: number): string {
  return Object.is(element, -0) ? "-0" : String(element);
}

/** The same number for the same operation on the same values, and hardly ever for others. */
function hashOf(name: OperationName, inputs: readonly Value[], attrs: unknown): number {
  let hash = nameNumber(name);
  for (let i = 0; i < inputs.length; i++) hash = mixed(hash, inputs[i]!.id);
  return mixed(hash, attrs);
}

/** A number that also stands for an attribute, or what is in it. */
function mixed(hash: number, attr: unknown): number {
  if (typeof attr === "number") return (Math.imul(hash, 0x01000193) + attr) | 0;
  if (typeof attr === "string") {
    return mixed(hash, nameNumber(attr));
  } else if (Array.isArray(attr)) {
    for (let i = 0; i < attr.length; i++) hash = mixed(hash, attr[i]);
  } else if (typeof attr === "object" && attr !== null) {
    for (const name in attr) hash = mixed(hash, (attr as Record<string, unknown>)[name]);
  }
  return hash;
}

function sameValues(a: readonly Value[], b: readonly Value[]): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}

/** Whether attributes are equal, in structure and numbers, of which -0 is not 0. What words an error does not count. */
function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b) || (typeof a === "function" && typeof b === "function")) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  const [own, others] = [Object.entries(a), Object.entries(b)];
  return (
    own.length === others.length &&
    own.every(([name, value], i) => {
      const [name2, value2] = others[i]!;
      return name === name2 && isSame(value, value2);
    })
  );
}
