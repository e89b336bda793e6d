import { attrsOf } from "../../graph/graph.ts";
import { checkRange } from "./index-range.ts";
import { specialCode, type SpecialEmitter } from "./routine-code.ts";

/** Looks at every element of the index. */
export const checkIndex: SpecialEmitter = ({ operation, views }) =>
  specialCode([checkRange(views[0]!, attrsOf(operation, "checkIndex").extent)]);
