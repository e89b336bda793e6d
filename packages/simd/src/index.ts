export { AssemblyError } from "./assembler/assembly-error.ts";
export type { ModuleScope } from "./assembler/code-writer.ts";
export { constant, Expr, operandOf } from "./assembler/expr.ts";
export type { ExprNeeds, Literal, Operand } from "./assembler/expr.ts";
export { FunctionBuilder } from "./assembler/function-builder.ts";
export type { ParamLocals } from "./assembler/function-builder.ts";
export type { CalledCode, FunctionBytes, FunctionCode } from "./assembler/function-code.ts";
export { FunctionLibrary } from "./assembler/function-library.ts";
export type { FunctionRef, ParamTypes, Signature } from "./assembler/function-ref.ts";
export type { Label, LoopLabels } from "./assembler/label.ts";
export { Local } from "./assembler/local.ts";
export { ModuleBuilder } from "./assembler/module-builder.ts";
export type { FunctionBody } from "./assembler/module-builder.ts";
export type { MemoryLimits } from "./assembler/memory-limits.ts";
export { customSection, dataSection } from "./assembler/sections.ts";
export type { DataSegment } from "./assembler/sections.ts";
export type { Bytes, CompiledModule } from "./assembler/platform-types.ts";
export type { ForRange } from "./assembler/structured-control.ts";
export type { ResultType, ValueType } from "./assembler/value-type.ts";
export { atomicI32, atomicI64, atomicNotify } from "./assembler/ops/atomic.ts";
export type { AtomicOps, AtomicOptions, ReadModifyWrite } from "./assembler/ops/atomic.ts";
export { call } from "./assembler/ops/call.ts";
export type { Arguments } from "./assembler/ops/call.ts";
export { f32 } from "./assembler/ops/f32.ts";
export type { F32Ops } from "./assembler/ops/f32.ts";
export { f64 } from "./assembler/ops/f64.ts";
export type { F64Ops } from "./assembler/ops/f64.ts";
export { f32x4, f64x2 } from "./assembler/ops/float-vector.ts";
export type { FloatVectorOps } from "./assembler/ops/float-vector.ts";
export { i32 } from "./assembler/ops/i32.ts";
export type { I32Ops } from "./assembler/ops/i32.ts";
export { i64 } from "./assembler/ops/i64.ts";
export type { I64Ops } from "./assembler/ops/i64.ts";
export { i32x4, i64x2 } from "./assembler/ops/integer-vector.ts";
export type { IntegerVectorOps } from "./assembler/ops/integer-vector.ts";
export type { LaneOps } from "./assembler/ops/lanes.ts";
export type { AccessOptions, Load } from "./assembler/ops/memory-access.ts";
export { memoryGrow, memorySize } from "./assembler/ops/memory-size.ts";
export { i16x8, i8x16 } from "./assembler/ops/narrow-vector.ts";
export type { NarrowVectorOps } from "./assembler/ops/narrow-vector.ts";
export { select } from "./assembler/ops/select.ts";
export type { AtomicStoreKind, StoredType, StoreKind } from "./assembler/ops/store-kinds.ts";
export { v128 } from "./assembler/ops/v128.ts";
export type { LaneLoad, V128Ops } from "./assembler/ops/v128.ts";
export { operations as elementwiseOperations } from "./elementwise/operations.ts";
export type { ElementType, OperationName, Operations, OperationTypes } from "./elementwise/operations.ts";
export { elementwiseProgram } from "./elementwise/program.ts";
export type { ElementwiseProgram } from "./elementwise/program.ts";
export type { Instructions, ProgramWriter, Register } from "./elementwise/program-writer.ts";
export type { Repetition } from "./elementwise/repetition.ts";
export { elementwiseAvailable } from "./elementwise/elementwise-kernels.ts";
export { runElementwise } from "./elementwise/run-elementwise.ts";
export type { ElementArray, ElementwiseRun } from "./elementwise/run-elementwise.ts";
export { detectFeatures } from "./features/detect-features.ts";
export type { Features } from "./features/detect-features.ts";
export { defineGemm } from "./gemm/fixed/define-gemm.ts";
export type { GemmFunction } from "./gemm/fixed/define-gemm.ts";
export { gemmRowStep, gemmScratchBytes } from "./gemm/fixed/gemm-plan.ts";
export type {
  AffineMatrix,
  AxisDigit,
  Band,
  GemmEpilogue,
  GemmResult,
  GemmSpec,
  StridedMatrix,
} from "./gemm/fixed/gemm-spec.ts";
export { foldGroups } from "./groups/fold-groups.ts";
export { groupLayout } from "./groups/group-layout.ts";
export type { GroupLayout } from "./groups/group-layout.ts";
export { standardizeGroups, standardizeGroupsGrad } from "./groups/standardize-groups.ts";
export type { StandardizeOptions } from "./groups/standardize-groups.ts";
export { loadLanes, storeLanes } from "./gemm/partial-vector.ts";
export type { LaneAccess } from "./gemm/partial-vector.ts";
export { gemm, gemmAvailable, gemmBatch } from "./gemm/gemm.ts";
export type { BatchedGemmOptions, GemmOptions } from "./gemm/gemm-options.ts";
export { gemmThreshold, gemmWorthwhile } from "./gemm/gemm-worthwhile.ts";
export type { Definer, Inliner, MathFunction, ParamsOf, VectorArguments } from "./math/define-math-function.ts";
export { mathFunctions } from "./math/math-functions.ts";
export type { UnaryMathName } from "./math/math-functions.ts";
export { packStrided, spreadStrided } from "./movement/copy-strided.ts";
export type { Strided } from "./movement/copy-strided.ts";
export { addStrided, extremeStrided, gatherStrided, scatterAddStrided } from "./movement/index-strided.ts";
export type { Indexed } from "./movement/index-strided.ts";
export { movementThreshold } from "./movement/words.ts";
export type { Words } from "./movement/words.ts";
export { definePhilox, philoxGroup } from "./random/philox-kernel.ts";
export { randomBits } from "./random/random-bits.ts";
