import type { ResultType, ValueType } from "./value-type.ts";

/** Parameter types by name, in order. */
export type ParamTypes = Readonly<Record<string, ValueType>>;

/** What a function takes and gives. */
export interface Signature<P extends ParamTypes = ParamTypes, R extends ResultType = ResultType> {
  /** Types of the parameters. */
  readonly params: P;
  /** Type of the result, or "void". */
  readonly result: R;
}

/** A function of a module under construction, imported or defined. */
export interface FunctionRef<P extends ParamTypes = ParamTypes, R extends ResultType = ResultType> {
  /** Its name, for readers of the module. */
  readonly name: string;
  /** Its index in the module. */
  readonly index: number;
  /** What it takes and returns. */
  readonly signature: Signature<P, R>;
  /** The module that it belongs to. */
  readonly module: object;
}
