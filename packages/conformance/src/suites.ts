import { crossCheckRows } from "./cross-checks/cross-checks.ts";
import { goldenRows } from "./golden/golden-rows.ts";
import { onnxRows } from "./onnx/onnx-rows.ts";
import type { Row } from "./row.ts";

/** Everything that enters the scoreboard, in its order. */
export const suites: readonly (() => readonly Row[])[] = [() => goldenRows(), () => onnxRows(), () => crossCheckRows()];
