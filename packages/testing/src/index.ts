export { type Case, drawn, type Entries, type Entry, given, type InputCase, inputTensor, toNd } from "./cases/case.ts";
export { caseTable } from "./cases/table.ts";
export { drawer } from "./drawer.ts";
export { errorOf } from "./error-of.ts";
export { type Expected, expectClose, type Tolerance } from "./expect-close.ts";
export { markdownTable } from "./markdown-table.ts";
export { at, build, elementwise, fiber, moved, type Nd, positions, uniform } from "./nd.ts";
