import { type Buffer, Module, type Parameter } from "@tapegrad/nn";
import { type Tensor, Tensor as TensorClass, ValueError } from "@tapegrad/tensor";
import { isFloat, isPlainObject, quoted } from "@tapegrad/tensor/internal";
import { limits } from "../model/limits.ts";
import { type LoadOnnxOptions, type Program, readProgram } from "./program.ts";
import { expectFits, formatValue, type OnnxValue } from "./onnx-value.ts";
import { runGraph } from "./run-graph.ts";
import { Values } from "./values.ts";

/** Tensors in the order of a model's inputs, or by their names. */
export type OnnxInputs = Tensor[] | [inputs: Readonly<Record<string, Tensor>>];

const fn = "OnnxModule.forward";
const standardFloat = 1;

/**
 * A model from an ONNX file, which `loadOnnx` makes. Its parameters and buffers have the names of the file's
 * initializers, in `namedParameters()` and `stateDict()` alike.
 */
export class OnnxModule<Out extends Tensor | Tensor[] = Tensor> extends Module<OnnxInputs, Out> {
  static override readonly name: string = "OnnxModule";
  /** What `forward` takes, in order. */
  readonly inputs: readonly OnnxValue[];
  /** What `forward` gives, in order. */
  readonly outputs: readonly OnnxValue[];
  private readonly tensors: ReadonlyMap<string, Parameter | Buffer>;
  // In a function, which walks and traces pass by: it never changes.
  private readonly program: () => Program;

  /** See `loadOnnx`, which makes them. */
  constructor(bytes: Uint8Array, options: LoadOnnxOptions) {
    super();
    const program = readProgram(bytes, options);
    this.inputs = program.inputs;
    this.outputs = program.outputs;
    this.tensors = program.tensors;
    this.program = () => program;
    this.eval();
  }

  /** The parameters and buffers by their names in the file. */
  override members(): Iterable<readonly [name: string, value: Parameter | Buffer]> {
    return this.tensors;
  }

  /** Names are those of the file. */
  override stateKey(name: string): string {
    return name;
  }

  /** What it takes and gives, and how often it has each operator. */
  override details(): string {
    const counts = new Map<string, number>();
    for (const { opType } of this.program().model.graph.nodes) {
      if (opType !== "Constant") counts.set(opType, (counts.get(opType) ?? 0) + 1);
    }
    const [inputs, outputs] = [this.inputs, this.outputs].map((values) => values.map(formatValue).join(", "));
    const operators = [...counts].map(([name, count]) => (count === 1 ? name : `${count} ${name}`));
    return `${inputs} → ${outputs}; ${operators.join(", ")}`;
  }

  /**
   * Computes the outputs: one tensor, or an array of them if the model has several.
   *
   * @param inputs tensors in the order of `inputs`, or one object with tensors by name
   * @throws {ValueError} for a missing or unknown input
   * @throws {ShapeError | DTypeError} for an input that does not fit, and for whatever an operator refuses
   * @throws {CompileError} while a function is traced, if a shape or a branch depends on the values of an input
   */
  override forward(...inputs: OnnxInputs): Out {
    const program = this.program();
    const given = this.inputsOf(inputs);
    const wide = this.isWide(given);
    const [values, fixed] = [new Values(), new WeakSet<Tensor>()];
    for (const [name, value] of this.tensors) {
      values.set(name, value);
      if ("persistent" in value && !value.persistent) fixed.add(value);
    }
    const differentiates = program.model.graph.nodes.some(({ opType }) => opType === "Gradient");
    this.inputs.forEach((input, i) => {
      const x = given[i]!;
      expectFits(fn, input, x, wide);
      const isLeafNeeded = differentiates && isFloat(x.dtype) && !x.requiresGrad;
      values.set(input.name, isLeafNeeded ? x.detach().requiresGrad_() : x);
    });
    const run = { ...program, wide, training: this.training, fixed, left: { nodes: limits.nodes } };
    const outputs = runGraph(run, program.model.graph, "graph", values);
    return (outputs.length === 1 ? outputs[0] : outputs) as Out;
  }

  /** The tensors in the order of the inputs. */
  private inputsOf(given: OnnxInputs): readonly Tensor[] {
    const names = this.inputs.map(({ name }) => name);
    const [first] = given;
    if (given.length !== 1 || first instanceof TensorClass || !isPlainObject(first)) {
      if (given.length === names.length) return given as readonly Tensor[];
      throw new ValueError(`${fn}: expected ${this.wanted}, got ${given.length} inputs.`);
    }
    const unknown = Object.keys(first).find((name) => !names.includes(name));
    if (unknown !== undefined) throw new ValueError(`${fn}: expected ${this.wanted}, got ${quoted(unknown)}.`);
    return names.map((name) => {
      const value = Object.hasOwn(first, name) ? first[name] : undefined;
      if (value === undefined) throw new ValueError(`${fn}: expected ${this.wanted}, got no ${quoted(name)}.`);
      return value;
    });
  }

  private get wanted(): string {
    const { length } = this.inputs;
    return `${length} ${length === 1 ? "input" : "inputs"} (${this.inputs.map(formatValue).join(", ")})`;
  }

  /** Whether what the file stores as float32 is computed as float64: then its parameters are, or else the first such input. */
  private isWide(given: readonly Tensor[]): boolean {
    const { types } = this.program();
    for (const [name, { dtype }] of this.tensors) if (types.get(name) === standardFloat) return dtype === "float64";
    const first = this.inputs.findIndex(({ dtype }) => dtype === "float32");
    return given[first]?.dtype === "float64";
  }
}
