import type { Value } from "@tapegrad/compile/internal";
import { ValueError } from "@tapegrad/tensor";
import { type PrimitiveName, sameShape } from "@tapegrad/tensor/internal";
import { callRows } from "./calls/calls.ts";
import type { AnyCallRow, CallInputs } from "./calls/row.ts";
import type { GraphWriter } from "./graph/graph-writer.ts";
import type { States } from "./names.ts";
import { primitiveRows } from "./primitives/primitives.ts";
import type { AnyPrimitiveRow, Operand, Operands, Unsayable } from "./primitives/row.ts";
import { type Aligned, type AlignedCall, type AlignedOperation, type Alignment, describe } from "./trace/alignment.ts"; // prettier-ignore
import { attributesOf } from "./trace/attributes.ts";
import { recognise } from "./recognise/recognise.ts";
import { writeConstant } from "./trace/write-constant.ts";

/** One way to write values: what it needs first, and what then gives their names. */
interface Way {
  readonly inputs: readonly (Aligned | undefined)[];
  readonly outputs: readonly Aligned[];
  /** Undefined where ONNX has no words for it. */
  readonly write: () => readonly string[] | undefined;
}

/** A value that is to be written: as one of the calls that give it, if any can be said, or as a primitive. */
interface Open {
  readonly value: Aligned;
  /** What needs it, for messages. */
  readonly user: string;
  /** Those that have not been tried, outer ones first. */
  readonly calls: AlignedCall[];
  way: Way | undefined;
}

/** Names of what is given from outside. */
export interface GivenNames {
  readonly inputs: readonly string[];
  readonly states: States;
}

/** Writes the values of aligned traces, each with what it is made of, once. */
export class ValueWriter {
  readonly #writer: GraphWriter;
  readonly #alignment: Alignment;
  readonly #given: GivenNames;
  readonly #names = new Map<Aligned, string>();
  /** What ONNX has no words for, with why. */
  readonly #unsayable = new Map<string, string>();

  constructor(writer: GraphWriter, alignment: Alignment, given: GivenNames) {
    this.#writer = writer;
    this.#alignment = alignment;
    this.#given = given;
  }

  /** The name of a value, after all that it is made of has been written. */
  write(value: Aligned): string {
    const open: Open[] = [this.#open(value, "a result")];
    for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
      if (this.#names.has(top.value)) {
        open.pop();
        continue;
      }
      const way = (top.way ??= this.#nextWay(top));
      const missing = way.inputs.filter((input) => input !== undefined && !this.#names.has(input));
      if (missing.length > 0) {
        for (const input of missing) open.push(this.#open(input!, describe(top.value)));
        continue;
      }
      const names = way.write();
      if (names === undefined) top.way = undefined;
      else way.outputs.forEach((output, i) => this.#names.set(output, names[i]!));
    }
    return this.#names.get(value)!;
  }

  /** Throws where something could not be said. */
  expectSayable(): void {
    if (this.#unsayable.size === 0) return;
    const list = [...this.#unsayable].map(([name, why]) => `${name} (${why})`).join(", ");
    throw new ValueError(`exportOnnx: expected primitives that ONNX has words for, got ${list}.`);
  }

  #open(value: Aligned, user: string): Open {
    const calls = [...this.#alignment.calls(value), ...recognise(this.#alignment, value)];
    return { value, user, calls, way: undefined };
  }

  #nextWay({ value, user, calls }: Open): Way {
    const call = calls.shift();
    return call === undefined ? this.#plain(value, user) : this.#call(call);
  }

  #call({ name, inputs, outputs, attrs }: AlignedCall): Way {
    const row: AnyCallRow = callRows[name];
    const write = (): readonly string[] | undefined => {
      const operands = inputs.map((input) => input && this.#operand(input)) as unknown as CallInputs;
      const names = row(this.#writer, operands, attrs as never, { ...outputs[0]!, index: 0 });
      return typeof names === "string" ? [names] : names;
    };
    return { inputs, outputs, write };
  }

  /** A primitive, or what is given. */
  #plain(value: Aligned, user: string): Way {
    const operation = this.#alignment.operation(value);
    if (operation === undefined) return { inputs: [], outputs: [value], write: () => [this.#source(value, user)] };
    return { inputs: operation.inputs, outputs: [value], write: () => [this.#primitive(value, operation)] };
  }

  #primitive(value: Aligned, operation: AlignedOperation): string {
    const name = operation.name as PrimitiveName;
    const row: AnyPrimitiveRow | Unsayable = primitiveRows[name];
    if (typeof row !== "function") {
      this.#unsayable.set(name, row.why);
      return name;
    }
    const operands = operation.inputs.map((input) => this.#operand(input)) as unknown as Operands;
    const attrs = attributesOf(this.#alignment, operation);
    return row(this.#writer, operands, attrs as never, { ...value, index: value.at[0]!.index });
  }

  #operand(value: Aligned): Operand {
    return { name: this.#names.get(value)!, shape: value.shape, dtype: value.dtype };
  }

  #source(value: Aligned, user: string): string {
    const [{ from, shape, dtype }] = value.at as readonly [Value];
    switch (from.kind) {
      case "argument":
        return this.#given.inputs[from.index]!;
      case "state": {
        const state = this.#given.states.get(from.storage)!;
        const name = this.#writer.initializer(state.name, from.storage.data!, state.shape, dtype);
        return sameShape(state.shape, shape) ? name : this.#writer.reshape(name, shape);
      }
      case "constant":
        return writeConstant(this.#writer, this.#alignment.batches, value, user);
      default:
        throw new ValueError(`exportOnnx: expected no gradients of leaves, got one of ${describe(value)}.`);
    }
  }
}
