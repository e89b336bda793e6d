import type { Storage } from "../storage.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { elementwiseOperation } from "./elementwise.ts";
import { type Application, type Instruction, isScalar, type Recording, type ValueId } from "./recording.ts";
import { type ProgramCache, type ProgramStep, Segment, type Touched } from "./segment.ts";

/** An assignment that no program makes. */
export interface AssignStep {
  readonly kind: "assignment";
  readonly target: Tensor;
  readonly value: ValueId;
}

/** What is done in order to do what was recorded. */
export type Step = ProgramStep | Application | AssignStep;

/**
 * Orders a recording into steps: what is elementwise becomes programs, each over the elements of one parameter, and the rest
 * stays as it is.
 *
 * @param results values that are needed in the end
 */
export function planOf(recording: Recording, cache: ProgramCache, results: readonly ValueId[] = []): readonly Step[] {
  const { values, instructions } = recording;
  const lastUse = lastUses(instructions);
  for (const id of results) lastUse.set(id, Infinity);
  const steps: Step[] = [];
  let open: Segment[] = [];
  /** Ends segments at an instruction, all of them or those that touch something. */
  const close = (at: number, isMeant: (segment: Segment) => boolean = () => true): void => {
    for (const segment of open) {
      if (isMeant(segment)) steps.push(segment.step(recording, (id) => (lastUse.get(id) ?? -1) >= at, cache));
    }
    open = open.filter((segment) => !isMeant(segment));
  };
  instructions.forEach((instruction, at) => {
    if (isElementwise(recording, instruction)) open = joined(recording, open, instruction);
    else if (instruction.kind === "assignment") {
      // One number, such as a product of rates, can be assigned to while segments wait that do not read it.
      const { target, value } = instruction;
      const isApart = isScalar(values[value]!);
      close(at, (segment) => !isApart || segment.reads(target.storage));
      steps.push(instruction);
    } else {
      const isApart = [...instruction.inputs, ...instruction.outputs].every((id) => isScalar(values[id]!));
      if (!isApart) close(at);
      steps.push(instruction);
    }
  });
  close(instructions.length);
  return steps;
}

function lastUses(instructions: readonly Instruction[]): Map<ValueId, number> {
  const last = new Map<ValueId, number>();
  instructions.forEach((instruction, at) => {
    const used = instruction.kind === "assignment" ? [instruction.value] : instruction.inputs;
    for (const id of used) last.set(id, at);
  });
  return last;
}

function isElementwise(recording: Recording, instruction: Instruction): boolean {
  if (instruction.kind === "application") return elementwiseOperation(recording, instruction) !== undefined;
  const value = recording.values[instruction.value]!;
  return value.dtype === "float32" && !isScalar(value);
}

/** Puts an instruction behind those with which it shares elements; they become one segment, where the first was. */
function joined(recording: Recording, open: readonly Segment[], instruction: Instruction): Segment[] {
  const touched = touchedBy(recording, instruction);
  const related = open.filter((segment) => segment.isRelated(touched));
  const all = Segment.join(related, instruction, touched);
  if (related.length === 0) return [...open, all];
  return open.flatMap((segment) => {
    if (segment === related[0]) return [all];
    return related.includes(segment) ? [] : [segment];
  });
}

function touchedBy({ values }: Recording, instruction: Instruction): Touched {
  const elements = new Set<ValueId | Storage>();
  const numbers = new Set<Storage>();
  const isAssignment = instruction.kind === "assignment";
  for (const id of isAssignment ? [instruction.value] : [...instruction.inputs, ...instruction.outputs]) {
    const value = values[id]!;
    const storage = value.source?.kind === "tensor" ? value.source.tensor.storage : undefined;
    if (!isScalar(value)) elements.add(storage ?? id);
    else if (storage !== undefined) numbers.add(storage);
  }
  if (isAssignment) elements.add(instruction.target.storage);
  return { elements, numbers };
}
