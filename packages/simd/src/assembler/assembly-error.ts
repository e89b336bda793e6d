/** Thrown while a module is assembled: wrong operand types, foreign locals, missing memory, labels out of scope. */
export class AssemblyError extends Error {
  /** The name of the class. */
  override readonly name: string = "AssemblyError";
}
