import { sizeOf } from "@tapegrad/tensor/internal";
import { routineCode, type RoutineEmitter } from "./routine-code.ts";
import { fillElements } from "./rows.ts";

/** The result of adding or multiplying where an operand has no elements: the neutral one everywhere. */
export function totalOfNothing(neutral: 0 | 1): RoutineEmitter {
  return ({ operation }) => {
    const out = operation.outputs[0]!;
    if (operation.inputs.every(({ shape }) => sizeOf(shape) > 0)) return undefined;
    return routineCode([
      {
        items: 1,
        emit: ({ f, addressOf }) => fillElements(f, addressOf(out), out.dtype, neutral, sizeOf(out.shape)),
      },
    ]);
  };
}
