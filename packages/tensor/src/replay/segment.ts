import { type ElementwiseProgram, elementwiseProgram, type ProgramWriter, type Register } from "@tapegrad/simd";
import type { Storage } from "../storage.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { elementwiseOperation } from "./elementwise.ts";
import { type Instruction, isScalar, type Recording, type ValueId } from "./recording.ts";

/** Where an output of a program goes: over the elements of a tensor, or into an array of its own, as a value. */
export type ProgramOutput = { readonly target: Tensor } | { readonly value: ValueId };

/** A program with the values that it reads and what it writes. */
export interface ProgramStep {
  readonly kind: "program";
  readonly program: ElementwiseProgram;
  readonly inputs: readonly ValueId[];
  readonly scalars: readonly ValueId[];
  readonly outputs: readonly ProgramOutput[];
  /** How often each of the targets was assigned to. */
  readonly assignments: readonly Tensor[];
}

/** What instructions read and write: elements, as numbers of values and storages of tensors; and numbers, as storages. */
export interface Touched {
  readonly elements: ReadonlySet<ValueId | Storage>;
  readonly numbers: ReadonlySet<Storage>;
}

/** Programs by their text, for steps that differ in their values only. */
export type ProgramCache = Map<string, ElementwiseProgram>;

/** Instructions over elements of one shape that share values: they run over a chunk of elements one after another. */
export class Segment {
  /** In the order of the recording. */
  readonly instructions: readonly Instruction[];
  readonly #touched: Touched;

  constructor(instructions: readonly Instruction[], touched: Touched) {
    this.instructions = instructions;
    this.#touched = touched;
  }

  /** Whether it reads or writes any of the elements that `other` does. */
  isRelated(other: Touched): boolean {
    for (const each of other.elements) if (this.#touched.elements.has(each)) return true;
    return false;
  }

  /** Whether one of its numbers is in `storage`. */
  reads(storage: Storage): boolean {
    return this.#touched.numbers.has(storage);
  }

  /** Those of `related` and an instruction as one. */
  static join(related: readonly Segment[], instruction: Instruction, touched: Touched): Segment {
    const all = [...related.map((segment) => segment.#touched), touched];
    return new Segment([...related.flatMap(({ instructions }) => instructions), instruction], {
      elements: new Set(all.flatMap(({ elements }) => [...elements])),
      numbers: new Set(all.flatMap(({ numbers }) => [...numbers])),
    });
  }

  /** The program of all instructions; `isNeeded` tells which values others read. */
  step(recording: Recording, isNeeded: (id: ValueId) => boolean, cache: ProgramCache): ProgramStep {
    const { values } = recording;
    const [inputs, scalars, results]: [Operands, Operands, Operands] = [
      new Operands("i"),
      new Operands("s"),
      new Operands("r"),
    ];
    /** The value of which another is a copy. */
    const copies = new Map<ValueId, ValueId>();
    const original = (id: ValueId): ValueId => copies.get(id) ?? id;
    const nameOf = (id: ValueId): string => {
      if (results.has(id)) return results.nameOf(id);
      return (isScalar(values[id]!) ? scalars : inputs).nameOf(id);
    };
    const lines: string[] = [];
    const stores = new Map<unknown, { readonly target: Tensor; readonly value: ValueId }>();
    const assignments: Tensor[] = [];
    for (const instruction of this.instructions) {
      if (instruction.kind === "assignment") {
        const { target } = instruction;
        stores.set(target.storage, { target, value: original(instruction.value) });
        assignments.push(target);
        continue;
      }
      const [out] = instruction.outputs as readonly [ValueId];
      const operation = elementwiseOperation(recording, instruction)!;
      if (operation === "copy") copies.set(out, original(instruction.inputs[0]!));
      else {
        const operands = instruction.inputs.map((id) => nameOf(original(id)));
        lines.push(`${results.nameOf(out)} = ${operation} ${operands.join(" ")}`);
      }
    }
    const computed = this.instructions.flatMap((each) => (each.kind === "application" ? each.outputs : []));
    const needed = computed.filter(isNeeded);
    const outputs = [...[...stores.values()].map(({ target }) => ({ target })), ...needed.map((value) => ({ value }))];
    const sources = [...[...stores.values()].map(({ value }) => value), ...needed.map(original)].map(nameOf);
    const types = [inputs, scalars].map((operands) => operands.ids.map((id) => values[id]!.dtype));
    const text = [types.join("; "), ...lines, sources.join(" ")].join("\n");
    let program = cache.get(text);
    if (program === undefined) {
      program = elementwiseProgram((writer) => written(writer, types as [string[], string[]], lines, sources));
      cache.set(text, program);
    }
    return { kind: "program", program, inputs: inputs.ids, scalars: scalars.ids, outputs, assignments };
  }
}

/** Values in the order in which a program meets them, under names that say it. */
class Operands {
  readonly ids: ValueId[] = [];
  readonly #letter: string;
  readonly #names = new Map<ValueId, string>();

  constructor(letter: string) {
    this.#letter = letter;
  }

  has(id: ValueId): boolean {
    return this.#names.has(id);
  }

  nameOf(id: ValueId): string {
    let name = this.#names.get(id);
    if (name === undefined) {
      name = `${this.#letter}${this.ids.push(id) - 1}`;
      this.#names.set(id, name);
    }
    return name;
  }
}

/** Writes a program of its text. */
function written(
  writer: ProgramWriter,
  [inputs, scalars]: readonly [inputs: readonly string[], scalars: readonly string[]],
  lines: readonly string[],
  outputs: readonly string[],
): Register[] {
  const registers = new Map<string, Register>();
  inputs.forEach((dtype, i) => registers.set(`i${i}`, writer.input(dtype === "bool" ? "bool" : "float32")));
  scalars.forEach((dtype, i) => {
    const scalar = writer.scalar();
    registers.set(`s${i}`, dtype === "bool" ? writer.floatToBool(scalar) : scalar);
  });
  for (const line of lines) {
    const [result, , operation, ...operands] = line.split(" ") as [string, string, keyof ProgramWriter, ...string[]];
    const write = writer[operation] as (...given: readonly Register[]) => Register;
    registers.set(result, write(...operands.map((name) => registers.get(name)!)));
  }
  return outputs.map((name) => registers.get(name)!);
}
