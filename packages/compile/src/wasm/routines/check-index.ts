import { attrsOf } from "../../graph/graph.ts";
import { checkRange } from "./index-range.ts";
import { routineCode, type RoutineEmitter } from "./routine-code.ts";

/** Looks at every element of the index. */
export const checkIndex: RoutineEmitter = ({ operation, views }) =>
  routineCode([checkRange(views[0]!, attrsOf(operation, "checkIndex").extent)]);
