import { attrsOf } from "../../graph/graph.ts";
import type { View } from "../../schedule/view.ts";
import { checkRange } from "./index-range.ts";
import { specialCode, type SpecialEmitter } from "./special-code.ts";

/** Looks at every element of the index. */
export const checkIndex: SpecialEmitter = ({ operation, views }) =>
  specialCode([checkRange(views[0] as View, attrsOf(operation, "checkIndex").extent)], { canFail: true });
