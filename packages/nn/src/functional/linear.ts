export { linear } from "../dense/dense.ts";
