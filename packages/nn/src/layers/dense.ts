export { Dense, type DenseOptions } from "../dense/dense.ts";
