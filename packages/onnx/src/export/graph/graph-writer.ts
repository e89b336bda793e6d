import type { DType } from "@tapegrad/tensor";
import { dtypes, sizeOf } from "@tapegrad/tensor/internal";
import { type Extent, isFixed, type Line } from "./extent.ts";
import { bytesOf, dtypeNumbers, type OnnxData, type OnnxDType } from "./onnx-dtype.ts";

/** A number that is written as a float; others are whole. */
export class Float {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

/** An attribute of a node. */
export type Attribute = number | Float | string | readonly number[] | readonly string[];
export type Attributes = { readonly [name: string]: Attribute };

/** One application of an ONNX operator; an empty input is left out. */
export interface OnnxNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attrs: Attributes;
}

/** A tensor whose elements stand in the file. */
export interface Initializer {
  readonly name: string;
  readonly data: OnnxData;
  readonly shape: readonly number[];
  readonly dtype: OnnxDType;
}

/** The nodes and the constants of a graph, in the order in which they are needed. */
export class GraphWriter {
  /** Version of the operators. */
  readonly opset: number;
  readonly #nodes: OnnxNode[] = [];
  readonly #initializers: Initializer[] = [];
  /** Constants by what they hold. */
  readonly #constants = new Map<string, string>();
  readonly #names = new Set<string>();
  readonly #counts = new Map<string, number>();
  readonly #renamed = new Map<string, string>();
  /** The input whose first axis is the batch. */
  readonly #batchInput: string | undefined;
  #batch: string | undefined;

  /** @param taken names of inputs, outputs and initializers */
  constructor(opset: number, taken: readonly string[], batchInput: string | undefined) {
    this.opset = opset;
    this.#batchInput = batchInput;
    for (const name of taken) this.#names.add(name);
  }

  /** Applies an operator of one output. */
  node(op: string, inputs: readonly (string | undefined)[], attrs: Attributes = {}): string {
    return this.nodes(op, inputs, 1, attrs)[0]!;
  }

  /** Applies an operator of several outputs. */
  nodes(op: string, inputs: readonly (string | undefined)[], count: number, attrs: Attributes = {}): string[] {
    const outputs = Array.from({ length: count }, () => this.#fresh(op.toLowerCase()));
    let given = inputs.map((name) => name ?? "");
    while (given.at(-1) === "") given = given.slice(0, -1);
    this.#nodes.push({ op, inputs: given, outputs, attrs });
    return outputs;
  }

  /** A tensor under a name that was taken for it. */
  initializer(name: string, data: OnnxData, shape: readonly number[], dtype: OnnxDType): string {
    this.#initializers.push({ name, data, shape, dtype });
    return name;
  }

  /** A tensor without a name; equal ones are one. */
  constant(data: OnnxData, shape: readonly number[], dtype: OnnxDType): string {
    const key = data.length > 64 ? undefined : `${dtype} [${shape.join()}] ${bytesOf(data).join()}`;
    const known = key === undefined ? undefined : this.#constants.get(key);
    if (known !== undefined) return known;
    const name = this.initializer(this.#fresh("constant"), data, shape, dtype);
    if (key !== undefined) this.#constants.set(key, name);
    return name;
  }

  /** A constant of no axes. */
  scalar(value: number, dtype: DType): string {
    return this.constant(new dtypes[dtype].array([value]), [], dtype);
  }

  /** A constant all of whose elements are equal. */
  filled(value: number, shape: readonly number[], dtype: DType): string {
    return this.constant(new dtypes[dtype].array(sizeOf(shape)).fill(value), shape, dtype);
  }

  /** Whole numbers of 64 bits, as axes and extents are given. */
  wholes(values: readonly number[]): string {
    return this.constant(BigInt64Array.from(values, BigInt), [values.length], "int64");
  }

  /** {@link wholes} that may follow the batch. */
  extents(values: readonly Extent[]): string {
    if (values.every(isFixed)) return this.wholes(values);
    const parts = values.map((value) => (isFixed(value) ? this.wholes([value]) : this.#alongBatch(value)));
    return parts.length === 1 ? parts[0]! : this.node("Concat", parts, { axis: 0 });
  }

  /** The number of samples as elements of a dtype, a tensor of no axes. */
  batch(dtype: DType): string {
    const one = this.node("Cast", [this.#alongBatch({ scale: 1, offset: 0 })], { to: dtypeNumbers[dtype] });
    return this.node("Squeeze", [one, this.wholes([0])]);
  }

  /** Elements under another shape. */
  reshape(x: string, shape: readonly Extent[]): string {
    const hasZero = shape.includes(0);
    const following = shape.filter((extent) => !isFixed(extent)).length;
    // One extent follows from the others.
    const isPlain = following === 1 && !hasZero;
    const wanted = isPlain ? this.wholes(shape.map((n) => (isFixed(n) ? n : -1))) : this.extents(shape);
    return this.node("Reshape", [x, wanted], hasZero ? { allowzero: 1 } : {});
  }

  /** Conversion to another dtype. */
  cast(x: string, dtype: OnnxDType): string {
    return this.node("Cast", [x], { to: dtypeNumbers[dtype] });
  }

  /** Gives a result the name of an output. */
  output(name: string, result: string): void {
    const isFree = this.#nodes.some(({ outputs }) => outputs.includes(result)) && !this.#renamed.has(result);
    if (isFree) this.#renamed.set(result, name);
    else this.#renamed.set(this.node("Identity", [result]), name);
  }

  /** What has been written. */
  get nodeList(): OnnxNode[] {
    const rename = (name: string): string => this.#renamed.get(name) ?? name;
    return this.#nodes.map((node) => ({
      ...node,
      inputs: node.inputs.map(rename),
      outputs: node.outputs.map(rename),
    }));
  }

  get initializers(): readonly Initializer[] {
    return this.#initializers;
  }

  #alongBatch({ scale, offset }: Line): string {
    // One node reads it for all.
    this.#batch ??= this.node("Shape", [this.#batchInput], { start: 0, end: 1 });
    const scaled = scale === 1 ? this.#batch : this.node("Mul", [this.#batch, this.wholes([scale])]);
    return offset === 0 ? scaled : this.node("Add", [scaled, this.wholes([offset])]);
  }

  /** A name that stands for nothing yet. */
  #fresh(base: string): string {
    for (;;) {
      const count = this.#counts.get(base) ?? 0;
      this.#counts.set(base, count + 1);
      const name = `${base}_${count}`;
      if (this.#names.has(name)) continue;
      this.#names.add(name);
      return name;
    }
  }
}
