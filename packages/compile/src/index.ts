export { compile, type Compiled, type CompileOptions } from "./compile.ts";
export { Plan } from "./plan/plan.ts";
