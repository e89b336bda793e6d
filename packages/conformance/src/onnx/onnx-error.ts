import { FormatError } from "@tapegrad/tensor";

/** An ONNX file that is not what its format promises, or that asks for what the interpreter does not know. */
export class OnnxError extends FormatError {
  /** The file, as its reader was told. */
  readonly file: string;
  /** The place in it: `graph.node[2].attribute[0].ints`. */
  readonly field: string;

  /** @param problem `expected X, got Y` */
  constructor(file: string, field: string, problem: string, options: { readonly cause?: unknown } = {}) {
    super(`onnx: ${problem} (file ${file}${field === "" ? "" : `, field ${field}`}).`);
    if ("cause" in options) this.cause = options.cause;
    this.file = file;
    this.field = field;
  }
}
