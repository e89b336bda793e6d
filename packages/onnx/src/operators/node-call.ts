import { malformed } from "@tapegrad/io/internal";
import { CompileError, type DType, type Generator, type Tensor, type TypedArray } from "@tapegrad/tensor";
import { isTracing, sizeOf } from "@tapegrad/tensor/internal";
import { convert, dtypeOf, elementType, type ElementType } from "../model/elements.ts";
import type { AttributeProto, GraphProto, NodeProto } from "../model/model-proto.ts";
import { toTensor } from "../model/to-tensor.ts";

/** What is known around a node. */
export interface CallSite {
  readonly source: string;
  /** `graph.node[2]` */
  readonly field: string;
  /** Version of the operators of the node's domain. */
  readonly opset: number;
  /** Whether float32 is computed as float64. */
  readonly wide: boolean;
  /** Whether the model is trained. */
  readonly training: boolean;
  /** Inputs and attributes may not ask for more elements than this. */
  readonly largest: number;
  /** What the node draws random numbers from; one with a seed has its own. */
  readonly generator: (seed: number | undefined) => Generator;
  /** The value of a name that is known before this node. */
  readonly lookUp: (name: string) => Tensor | undefined;
  /** The number of the dtype that a name has in the file, if that is told. */
  readonly typeOf: (name: string) => number | undefined;
  /** Notes that a tensor is the same in each run of a function that is traced. */
  readonly fix: (x: Tensor) => Tensor;
  /** Runs a subgraph that stands in an attribute. */
  readonly runBody: (name: string, graph: GraphProto, inputs: readonly Tensor[]) => Tensor[];
}

/** The meaning of an operator; an output that is left out may be undefined. */
export type Operator = (call: NodeCall) => Tensor | readonly (Tensor | undefined)[];

/** Operators by name, one row each. */
export type Operators = Readonly<Record<string, Operator>>;

/** One application of an operator: its inputs and attributes, each read with a check. */
export class NodeCall {
  readonly inputs: readonly (Tensor | undefined)[];
  readonly opset: number;
  /** Whether the model is trained. */
  readonly training: boolean;
  /** How many outputs the node names, left out ones among them. */
  readonly outputCount: number;
  private readonly node: NodeProto;
  private readonly site: CallSite;
  private readonly attributes: ReadonlyMap<string, AttributeProto>;

  constructor(site: CallSite, node: NodeProto, inputs: readonly (Tensor | undefined)[]) {
    this.site = site;
    this.opset = site.opset;
    this.training = site.training;
    this.node = node;
    this.inputs = inputs;
    this.outputCount = node.outputs.length;
    this.attributes = new Map(node.attributes.map((attribute) => [attribute.name, attribute]));
  }

  /** Throws, naming a part of the node. */
  fail(part: string, problem: string): never {
    throw malformed(this.site.source, `${this.site.field}.${part}`, `${this.node.opType}: ${problem}`);
  }

  /** Whether somebody may read output `i`. */
  wants(i: number): boolean {
    return (this.node.outputs[i] ?? "") !== "";
  }

  /** An input that has to be there. */
  input(i: number): Tensor {
    return this.inputs[i] ?? this.fail(`input[${i}]`, "expected a tensor, got none");
  }

  /** All inputs, each of which has to be there. */
  all(): readonly Tensor[] {
    return this.inputs.map((_, i) => this.input(i));
  }

  /**
   * The elements of a tensor that decides what is done.
   *
   * @throws {CompileError} while a function is traced, unless they follow from constants and shapes
   */
  elements(part: string, x: Tensor): TypedArray {
    if (!isTracing() || x.storage.data !== undefined) return x.data;
    throw new CompileError(
      `compile: expected ${part} of ${this.node.opType} to follow from constants and shapes, got values that only a run ` +
        "has. Call the model outside of the compiled function.",
    );
  }

  /** The whole numbers of an input, undefined if it is left out. */
  intsOf(i: number): number[] | undefined {
    const input = this.inputs[i];
    if (input === undefined) return undefined;
    if (input.dtype !== "int32") this.fail(`input[${i}]`, `expected whole numbers, got ${input.dtype}`);
    return [...this.elements(`input ${i}`, input)];
  }

  /** The one number of an input, undefined if it is left out. */
  numberOf(i: number): number | undefined {
    const input = this.inputs[i];
    if (input === undefined) return undefined;
    if (input.size !== 1) this.fail(`input[${i}]`, `expected one element, got ${input.size}`);
    return this.elements(`input ${i}`, input)[0];
  }

  /** The boolean of an input, undefined if it is left out. */
  flagOf(i: number): boolean | undefined {
    const value = this.numberOf(i);
    return value === undefined ? undefined : value !== 0;
  }

  /** How the file stores an input, if that is told. */
  typeOf(i: number): ElementType | undefined {
    const number = this.site.typeOf(this.node.inputs[i] ?? "");
    return number === undefined ? undefined : elementType(this.site.source, `${this.site.field}.input[${i}]`, number);
  }

  has(name: string): boolean {
    return this.attributes.has(name);
  }

  int(name: string, standard?: number): number {
    const value = this.attribute(name, 2, standard === undefined)?.i ?? standard ?? Number.NaN;
    return Number.isSafeInteger(value) ? value : this.fail(`attribute.${name}`, `expected an integer, got ${value}`);
  }

  flag(name: string, standard: boolean): boolean {
    return this.int(name, Number(standard)) !== 0;
  }

  float(name: string, standard?: number): number {
    return this.attribute(name, 1, standard === undefined)?.f ?? (standard as number);
  }

  string(name: string, standard?: string): string {
    return this.attribute(name, 3, standard === undefined)?.s ?? (standard as string);
  }

  /** One of several words. */
  word<W extends string>(name: string, words: readonly W[], standard: W): W {
    const given = this.string(name, standard);
    const found = words.find((word) => word === given);
    return found ?? this.fail(`attribute.${name}`, `expected ${words.join(" or ")}, got ${JSON.stringify(given)}`);
  }

  ints(name: string): number[] | undefined {
    return this.attribute(name, 7)?.ints;
  }

  floats(name: string): number[] | undefined {
    return this.attribute(name, 6)?.floats;
  }

  strings(name: string): string[] | undefined {
    return this.attribute(name, 8)?.strings;
  }

  tensor(name: string): Tensor | undefined {
    const proto = this.attribute(name, 4)?.t;
    return proto && this.widen(toTensor(this.site.source, `${this.site.field}.attribute.${name}.t`, proto));
  }

  /** The value of a name in the graph that an attribute gives. */
  named(attribute: string, name: string): Tensor {
    return this.site.lookUp(name) ?? this.fail(`attribute.${attribute}`, `expected a known name, got "${name}"`);
  }

  /** A function that runs the subgraph of an attribute. */
  body(name: string): (...inputs: readonly Tensor[]) => Tensor[] {
    const graph = this.attribute(name, 5, true)?.g ?? this.fail(`attribute.${name}`, "expected a graph, got none");
    return (...inputs) => this.site.runBody(name, graph, inputs);
  }

  /** Notes that a tensor is the same in each run of a function that is traced. */
  fix(x: Tensor): Tensor {
    return this.site.fix(x);
  }

  /** What to draw from: a generator of its own for a node with a seed. */
  generator(): Generator {
    return this.site.generator(this.has("seed") ? this.seed() : undefined);
  }

  /** The dtype that an attribute names by number. */
  dtype(name: string, standard: DType): DType {
    if (!this.has(name)) return standard;
    return dtypeOf(this.site.source, `${this.site.field}.attribute.${name}`, this.int(name), this.float32);
  }

  /** `x` in the dtype that an attribute names by number. */
  cast(x: Tensor, name: string): Tensor {
    return convert(this.site.source, `${this.site.field}.attribute.${name}`, x, this.int(name), this.float32);
  }

  /** What stands for float32. */
  get float32(): DType {
    return this.site.wide ? "float64" : "float32";
  }

  /** Extents that an input or attribute asks for, unless they are too large. */
  extents(part: string, extents: readonly number[], most: number = this.site.largest): readonly number[] {
    const size = sizeOf(extents);
    const isValid = extents.every((extent) => Number.isSafeInteger(extent) && extent >= 0) && size <= most;
    return isValid ? extents : this.fail(part, `expected extents of at most ${most} elements, got [${extents.join()}]`);
  }

  /** Throws unless windows have extents that may be looked at, which need no memory at once. */
  windows(part: string, extents: readonly number[]): void {
    this.extents(part, extents, 16 * this.site.largest);
  }

  /** A float for most operators, a whole number for dropout. */
  private seed(): number {
    const { type, i, f } = this.attributes.get("seed")!;
    const seed = type === 2 ? i : f;
    return Number.isFinite(seed) ? Math.trunc(Math.abs(seed)) % 2 ** 32 : this.fail("attribute.seed", `got ${seed}`);
  }

  private widen(tensor: Tensor): Tensor {
    return this.site.wide && tensor.dtype === "float32" ? tensor.to("float64") : tensor;
  }

  private attribute(name: string, type: number, needed = false): AttributeProto | undefined {
    const attribute = this.attributes.get(name);
    if (attribute === undefined && needed) this.fail("attribute", `expected ${name}, got none`);
    if (attribute !== undefined && attribute.type !== type) {
      this.fail(`attribute.${name}`, `expected type ${type}, got ${attribute.type}`);
    }
    return attribute;
  }
}
