import { sizeOf } from "@tapegrad/tensor/internal";
import { attrsOf } from "../../graph/graph.ts";
import { bytesOf, elements } from "../elements.ts";
import { foldingFunction, planFolding } from "./folding/folding.ts";
import { routineCode, type RoutineEmitter } from "./routine-code.ts";

/** Row by row of the result: all that windows add to a row is added up, in float64 unless the terms are few, then rounded once. */
export const foldWindows: RoutineEmitter = ({ operation, views }) => {
  const out = operation.outputs[0]!;
  const { dtype, shape } = out;
  if (elements[dtype].sums === undefined || shape.length === 0) return undefined;
  const y = views[0]!;
  const folding = planFolding(attrsOf(operation, "foldWindows"), dtype, y);
  const { items, ownBytes } = folding;
  return routineCode(
    [
      {
        items,
        emit: ({ module, f, addressOf, own, from, to }) => {
          if (sizeOf(shape) === 0) return;
          const start = addressOf(y.base) + y.offset * bytesOf(dtype);
          f.call(foldingFunction(module, folding), { out: addressOf(out), y: start, scratch: own, from, to });
        },
      },
    ],
    { ownBytes },
  );
};
