import { type InputSpec, type Program, specsOf, type Step } from "./program.ts";

/** A smaller program that still fails: results, updates and steps go as long as that is so. */
export function minimize(program: Program, fails: (program: Program) => boolean): Program {
  let best = program;
  for (let improved = true; improved;) {
    improved = false;
    for (const candidate of candidates(best)) {
      const cleaned = withoutUnused(candidate);
      if (sizeOf(cleaned) < sizeOf(best) && fails(cleaned)) {
        best = cleaned;
        improved = true;
        break;
      }
    }
  }
  return best;
}

function sizeOf({ inputs, steps, results, updates, zeroGrad, separate }: Program): number {
  const inputCost = inputs.reduce(
    (sum, { grad, source, coarse }) => sum + 2 + Number(grad) + Number(source === "captured") + Number(coarse),
    0,
  );
  return (
    10 * steps.length + 2 * inputCost + 10 * results.length + 10 * updates.length + Number(!zeroGrad) + Number(separate)
  );
}

function* candidates(program: Program): Generator<Program> {
  const { results, updates, steps, inputs } = program;
  for (const name of results) yield { ...program, results: results.filter((other) => other !== name) };
  for (const update of updates) yield { ...program, updates: updates.filter((other) => other !== update) };
  for (const step of steps) if (isStatement(step)) yield { ...program, steps: steps.filter((other) => other !== step) };
  // A value comes from outside instead of from a step.
  for (const step of steps) if (!isStatement(step)) yield replaced(program, step);
  // A step's operand takes the place of its result.
  for (const step of steps) {
    const operands = step.kind === "apply" ? step.inputs : step.kind === "detach" ? [step.input] : [];
    for (const operand of operands) {
      const bypassed = bypass(program, step, operand);
      if (bypassed !== undefined) yield bypassed;
    }
  }
  for (const input of inputs) {
    const change = (next: InputSpec): Program => ({
      ...program,
      inputs: inputs.map((other) => (other === input ? next : other)),
    });
    if (input.grad) yield change({ ...input, grad: false });
    const isTarget =
      updates.some(({ target }) => target === input.name) ||
      steps.some((step) => step.kind === "assign" && step.target === input.name);
    if (input.source === "captured" && !isTarget) yield change({ ...input, source: "argument" });
    if (input.coarse) yield change({ ...input, coarse: false });
  }
  yield { ...program, zeroGrad: true };
  yield { ...program, separate: false };
}

type Statement = Extract<Step, { kind: "assign" | "check" }>;

/** Whether a step gives no value. */
function isStatement(step: Step): step is Statement {
  return step.kind === "assign" || step.kind === "check";
}

function replaced(program: Program, step: Exclude<Step, Statement>): Program {
  const specs = specsOf(program);
  const names = step.kind === "apply" ? step.outputs : [step.output];
  const inputs = names.map((name): InputSpec => {
    const { shape, dtype } = specs.get(name) as { shape: readonly number[]; dtype: InputSpec["dtype"] };
    const domain = dtype === "int32" ? ([0, 1] as const) : ([0.5, 1.5] as const);
    return { name, source: "argument", shape, dtype, domain, coarse: false, grad: dtype.startsWith("float") };
  });
  return { ...program, inputs: [...program.inputs, ...inputs], steps: program.steps.filter((other) => other !== step) };
}

function bypass(program: Program, step: Step, operand: string): Program | undefined {
  if (step.kind !== "apply" && step.kind !== "detach") return undefined;
  const specs = specsOf(program);
  const [output] = step.kind === "apply" ? step.outputs : [step.output];
  const [from, to] = [specs.get(operand), specs.get(output as string)];
  if (from === undefined || to === undefined || from.dtype !== to.dtype || from.shape.join() !== to.shape.join())
    return undefined;
  const rename = (name: string): string => (name === output ? operand : name);
  const steps = program.steps
    .filter((other) => other !== step)
    .map((other): Step => {
      if (other.kind === "apply") return { ...other, inputs: other.inputs.map(rename) };
      if (other.kind === "detach" || other.kind === "check") return { ...other, input: rename(other.input) };
      return other.kind === "assign" ? { ...other, value: rename(other.value) } : other;
    });
  return {
    ...program,
    steps,
    results: [...new Set(program.results.map(rename))],
    updates: program.updates.map(({ target, value }) => ({ target, value: rename(value) })),
  };
}

function withoutUnused(program: Program): Program {
  const used = new Set([...program.results, ...program.updates.flatMap(({ target, value }) => [target, value])]);
  const steps: Step[] = [];
  for (const step of program.steps.toReversed()) {
    const outputs = step.kind === "apply" ? step.outputs : isStatement(step) ? [] : [step.output];
    if (!isStatement(step) && !outputs.some((name) => used.has(name))) continue;
    steps.unshift(step);
    if (step.kind === "apply") step.inputs.forEach((name) => used.add(name));
    if (step.kind === "detach" || step.kind === "check") used.add(step.input);
    if (step.kind === "assign") used.add(step.target).add(step.value);
  }
  return { ...program, steps, inputs: program.inputs.filter(({ name }) => used.has(name)) };
}
