import { cat, type Tensor, where } from "@tapegrad/tensor";

/** What a layer or a direction of it reads: an input `[rows, in]` at each step. */
export interface Steps {
  /** Their rows are those of the sequences that have the step, from the longest on: never more than before. */
  readonly inputs: readonly Tensor[];
  /** Which rows count at each step, bool `[rows, 1]`; all unless given. */
  readonly masks: readonly Tensor[] | undefined;
}

/** How a direction of a layer goes over its steps. */
export interface Scan {
  /** From the end to the start. */
  readonly reverse: boolean;
  /** Whether the output of a step that does not count is 0; otherwise the one before it, again. */
  readonly zeroOutput: boolean;
}

/**
 * Repeats a cell over time. Where a row does not count its states go on unchanged. A sequence that has no more steps keeps
 * the states that it had; in reverse it begins with its own last step.
 *
 * @param initial each `[batch, ...]`, h first
 * @param advance the states after a step
 * @returns h of each step, by time, and the states of each sequence at its end
 */
export function scan(
  { inputs, masks }: Steps,
  initial: readonly Tensor[],
  advance: (input: Tensor, states: readonly Tensor[]) => readonly Tensor[],
  { reverse, zeroOutput }: Scan,
): { readonly outputs: readonly Tensor[]; readonly states: readonly Tensor[] } {
  const outputs: Tensor[] = [];
  const ended: (readonly Tensor[])[] = [];
  const times = [...inputs.keys()];
  let before: Tensor | 0 = 0;
  let states = initial;
  for (const t of reverse ? times.toReversed() : times) {
    const input = inputs[t]!;
    const [rows, had] = [input.shape[0]!, states[0]!.shape[0]!];
    if (rows < had) {
      // In reverse, sequences that are still to come.
      if (!reverse) ended.unshift(states.map((state) => state.slice([rows, had])));
      states = states.map((state) => state.slice([0, rows]));
    } else if (rows > had) {
      states = states.map((state, i) => cat([state, initial[i]!.slice([had, rows])]));
    }
    const next = advance(input, states);
    const mask = masks?.[t];
    states = mask === undefined ? next : next.map((state, i) => where(mask, state, states[i]!));
    const output: Tensor = mask === undefined ? next[0]! : where(mask, next[0]!, zeroOutput ? 0 : before);
    outputs[t] = before = output;
  }
  if (ended.length === 0) return { outputs, states };
  return { outputs, states: states.map((state, i) => cat([state, ...ended.map((rows) => rows[i]!)])) };
}
