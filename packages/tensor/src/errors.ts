/** Base of every error that tapegrad throws on purpose. */
export class TapegradError extends Error {
  constructor(message: string) {
    super(message);
    this.name = new.target.name;
  }
}

/** A shape, axis or rank does not fit. */
export class ShapeError extends TapegradError {}

/** A dtype does not fit. */
export class DTypeError extends TapegradError {}

/** An argument or option has a value that is not allowed. */
export class ValueError extends TapegradError {}

/** A gradient cannot be computed as asked. */
export class GradError extends TapegradError {}

/** A function cannot be traced or compiled. */
export class CompileError extends TapegradError {}

/** A file or byte stream is not what its format promises. */
export class FormatError extends TapegradError {}
