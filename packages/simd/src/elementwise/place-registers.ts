import { elementBytes } from "./operations.ts";
import type { RecordedProgram } from "./program-writer.ts";

/** Registers of a program in as few slots as they need. */
export interface Slots {
  readonly slots: number;
  readonly slotOf: ReadonlyMap<number, number>;
}

/**
 * Gives each register that is no scalar a slot, which others take over when it is read no more. Inputs keep theirs, so that
 * what repeats is loaded once; outputs are there at the end. A result may take the slot of an operand whose elements are not
 * smaller: vector by vector, it is written behind what is read.
 *
 * @throws RangeError for an output that is a scalar
 */
export function placeRegisters({ types, inputs, scalars, numbers, instructions, outputs }: RecordedProgram): Slots {
  const lastUse = new Map<number, number>();
  instructions.forEach(({ operands }, time) => operands.forEach((operand) => lastUse.set(operand, time)));
  const isScalar = new Set([...scalars, ...numbers.map(({ register }) => register)]);
  for (const output of outputs) {
    if (isScalar.has(output)) throw new RangeError("elementwiseProgram: expected computed outputs, got a scalar.");
  }
  const stays = new Set([...inputs, ...outputs, ...isScalar]);

  const slotOf = new Map<number, number>();
  const free: number[] = [];
  let slots = 0;
  const occupy = (register: number): void => void slotOf.set(register, free.pop() ?? slots++);
  const release = (register: number): void => void free.push(slotOf.get(register)!);
  inputs.forEach(occupy);
  instructions.forEach(({ operands, result }, time) => {
    const dying = [...new Set(operands)].filter((operand) => !stays.has(operand) && lastUse.get(operand) === time);
    const isSmaller = (operand: number): boolean => elementBytes[types[operand]!] < elementBytes[types[result]!];
    dying.filter((operand) => !isSmaller(operand)).forEach(release);
    occupy(result);
    dying.filter(isSmaller).forEach(release);
    if (!stays.has(result) && !lastUse.has(result)) release(result);
  });
  return { slots, slotOf };
}
