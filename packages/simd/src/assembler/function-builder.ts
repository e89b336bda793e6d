import { AssemblyError } from "./assembly-error.ts";
import { CodeWriter } from "./code-writer.ts";
import type { ModuleScope } from "./code-writer.ts";
import { ByteWriter } from "./encoding/byte-writer.ts";
import { Expr, operandOf, usesMemory } from "./expr.ts";
import type { Operand } from "./expr.ts";
import type { FunctionBytes } from "./function-code.ts";
import type { FunctionRef, ParamTypes, Signature } from "./function-ref.ts";
import { Local } from "./local.ts";
import { LoopConstants } from "./loop-constants.ts";
import { call } from "./ops/call.ts";
import type { Arguments } from "./ops/call.ts";
import { laneIndex } from "./ops/lanes.ts";
import { accessCode } from "./ops/memory-access.ts";
import type { AccessOptions } from "./ops/memory-access.ts";
import { atomicStoreKind, storeKind, storeLaneOpcode } from "./ops/store-kinds.ts";
import type { AtomicStoreKind, StoredType, StoreKind } from "./ops/store-kinds.ts";
import type { AtomicOptions } from "./ops/atomic.ts";
import { StructuredControl } from "./structured-control.ts";
import { valueTypeCodes } from "./value-type.ts";
import type { ResultType, ValueType } from "./value-type.ts";

const memoryUser = { needs: usesMemory };

/** The parameters of a function as locals, by name. */
export type ParamLocals<P extends ParamTypes> = { readonly [Name in keyof P]: Local<P[Name]> };

/** Collects the statements of one function in order. Values are expressions; every method appends a statement. */
export class FunctionBuilder<R extends ResultType = ResultType> extends StructuredControl {
  readonly #name: string;
  readonly #result: R;
  readonly #locals: ValueType[] = [];
  readonly #paramCount: number;
  readonly #constants = new LoopConstants(() => this.local("v128").index);
  /** What its locals need: it. */
  readonly needs: { readonly scope: object } = { scope: this };
  protected override readonly code: CodeWriter;

  constructor(name: string, signature: Signature<ParamTypes, R>, module: ModuleScope) {
    super();
    this.#name = name;
    this.#result = signature.result;
    this.#paramCount = Object.keys(signature.params).length;
    this.code = new CodeWriter(name, this, module, this.#constants);
  }

  /** A new local variable, zero until it is set, or set to `initial` here. */
  override local<T extends ValueType>(type: T, initial?: Operand<T>): Local<T> {
    const local = new Local(this.needs, type, this.#paramCount + this.#locals.length);
    this.#locals.push(type);
    if (initial !== undefined) this.set(local, initial);
    return local;
  }

  /** Evaluates an expression once and keeps its value in a new local. */
  let<T extends ValueType>(value: Expr<T>): Local<T> {
    const local = this.local(value.type);
    this.set(local, value);
    return local;
  }

  /** Assigns a local. */
  override set<T extends ValueType>(local: Local<T>, value: Operand<T>): void {
    const { code } = this;
    code.check(local);
    const isReady = value instanceof Expr && value.type === local.type;
    code.expr(isReady ? value : operandOf(`${this.#name}: set`, local.type, value));
    code.indexed(0x21, local.index);
  }

  /** Writes memory: a whole value, or the low bits of an integer (`"i32.8"`). */
  store<K extends StoreKind>(
    kind: K,
    address: Operand<"i32">,
    value: Operand<StoredType<K>>,
    options?: AccessOptions,
  ): void {
    const { type, opcode, size } = storeKind(kind);
    const where = `${kind}.store`;
    const code = accessCode(where, opcode, size, options);
    this.#access([operandOf(where, "i32", address), operandOf(where, type, value as Operand<typeof type>)]);
    this.code.few(code);
  }

  /** Writes one lane of `bits` bits of a vector. */
  storeLane(
    bits: 8 | 16 | 32 | 64,
    address: Operand<"i32">,
    vector: Expr<"v128">,
    lane: number,
    options?: AccessOptions,
  ): void {
    const where = `v128.store${bits}Lane`;
    const code = accessCode(where, storeLaneOpcode(bits), bits / 8, options, laneIndex(where, lane, 128 / bits));
    this.#access([operandOf(where, "i32", address), operandOf(where, "v128", vector)]);
    this.code.few(code);
  }

  /** Writes memory atomically; the address must be naturally aligned. */
  atomicStore<K extends AtomicStoreKind>(
    kind: K,
    address: Operand<"i32">,
    value: Operand<StoredType<K>>,
    options: AtomicOptions = {},
  ): void {
    const { type, opcode, size } = atomicStoreKind(kind);
    const where = `${kind}.atomic.store`;
    const code = accessCode(where, opcode, size, options);
    this.#access([operandOf(where, "i32", address), operandOf(where, type, value as Operand<typeof type>)]);
    this.code.few(code);
  }

  /** Orders all memory accesses before against all after. */
  atomicFence(): void {
    this.code.bytes([0xfe, 0x03, 0x00]);
  }

  /** Copies `size` bytes; the ranges may overlap. */
  copyMemory(to: Operand<"i32">, from: Operand<"i32">, size: Operand<"i32">): void {
    this.#access([to, from, size].map((operand) => operandOf("copyMemory", "i32", operand)));
    this.code.bytes([0xfc, 0x0a, 0x00, 0x00]);
  }

  /** Sets `size` bytes to the low byte of `byte`. */
  fillMemory(to: Operand<"i32">, byte: Operand<"i32">, size: Operand<"i32">): void {
    this.#access([to, byte, size].map((operand) => operandOf("fillMemory", "i32", operand)));
    this.code.bytes([0xfc, 0x0b, 0x00]);
  }

  /** Calls a function and drops its result; `call` as an expression keeps it. */
  call<P extends ParamTypes>(callee: FunctionRef<P>, args: Arguments<P>): void {
    this.code.expr(call(callee, args));
    if (callee.signature.result !== "void") this.code.byte(0x1a);
  }

  /** Evaluates an expression for its effect and drops its value. */
  drop(value: Expr<ValueType>): void {
    this.code.expr(value);
    this.code.byte(0x1a);
  }

  /** Leaves the function, with its result if it has one. */
  return(...value: R extends ValueType ? [Operand<R>] : []): void {
    this.#emitResult(value[0]);
    this.code.byte(0x0f);
  }

  /** Traps. */
  unreachable(): void {
    this.code.byte(0x00);
  }

  /** The finished body: local declarations, code, end. Called by the module builder with what the body gave. */
  finish(value: unknown): FunctionBytes {
    this.checkClosed(this.#name);
    this.#emitResult(value);
    this.code.byte(0x0b);
    const body = new ByteWriter();
    const runs: { type: ValueType; count: number }[] = [];
    for (const type of this.#locals) {
      const last = runs.at(-1);
      if (last?.type === type) last.count++;
      else runs.push({ type, count: 1 });
    }
    body.unsigned(runs.length);
    for (const { type, count } of runs) {
      body.unsigned(count);
      body.byte(valueTypeCodes[type]);
    }
    body.bytes(this.#constants.written);
    const { length } = body;
    body.bytes(this.code.written);
    return { bytes: body.toBytes(), calls: this.code.calls.map((at) => length + at) };
  }

  #emitResult(value: unknown): void {
    const type: ResultType = this.#result;
    if (type === "void") {
      if (value !== undefined) throw new AssemblyError(`${this.#name}: expected no result, got a value.`);
      return;
    }
    if (value === undefined) throw new AssemblyError(`${this.#name}: expected a result of type ${type}, got none.`);
    this.code.expr(operandOf(`${this.#name}: result`, type, value as Operand<typeof type>));
  }

  #access(operands: readonly Expr[]): void {
    this.code.check(memoryUser);
    for (const operand of operands) this.code.expr(operand);
  }
}
