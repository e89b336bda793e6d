/** Base of every error that tapegrad throws on purpose. Like every public class it says its name, since minifiers change others. */
export class TapegradError extends Error {
  static override readonly name: string = "TapegradError";

  constructor(message: string) {
    super(message);
    this.name = new.target.name;
  }
}

/** A shape, axis or rank does not fit. */
export class ShapeError extends TapegradError {
  static override readonly name: string = "ShapeError";
}

/** A dtype does not fit. */
export class DTypeError extends TapegradError {
  static override readonly name: string = "DTypeError";
}

/** An argument or option has a value that is not allowed. */
export class ValueError extends TapegradError {
  static override readonly name: string = "ValueError";
}

/** A gradient cannot be computed as asked. */
export class GradError extends TapegradError {
  static override readonly name: string = "GradError";
}

/** A function cannot be traced or compiled. */
export class CompileError extends TapegradError {
  static override readonly name: string = "CompileError";
}

/** A file or byte stream is not what its format promises. */
export class FormatError extends TapegradError {
  static override readonly name: string = "FormatError";
}
