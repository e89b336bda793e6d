import type { ResultType, ValueType } from "./value-type.ts";

/** Parameter types by name, in order. */
export type ParamTypes = Readonly<Record<string, ValueType>>;

/** What a function takes and gives. */
export interface Signature<P extends ParamTypes = ParamTypes, R extends ResultType = ResultType> {
  readonly params: P;
  readonly result: R;
}

/** A function of a module under construction, imported or defined. */
export interface FunctionRef<P extends ParamTypes = ParamTypes, R extends ResultType = ResultType> {
  readonly name: string;
  readonly index: number;
  readonly signature: Signature<P, R>;
  /** The module that it belongs to. */
  readonly module: object;
}
