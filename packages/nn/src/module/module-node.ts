/** A named field of a module, or an element of a collection in one. */
export type Member = readonly [name: string, value: unknown];

/** Whatever has members to walk through; the base of `Module`. */
export abstract class ModuleNode {
  /**
   * What this node consists of, by name: its own fields unless a subclass says otherwise.
   *
   * Override it to name children differently, as `Sequential` does with "0", "1", ...
   */
  members(): Iterable<Member> {
    return Object.entries(this);
  }

  /** The key that a member has in the state: its name in snake_case, as PyTorch writes names of fields. */
  stateKey(name: string): string {
    return snakeCase(name);
  }

  /** Names of members that a state may lack, which leaves them as they are: those that PyTorch's layers have not always had. */
  optionalState(): readonly string[] {
    return [];
  }

  /** What stands in the parentheses when the node is printed, such as `64, eps=1e-5`. */
  details(): string {
    return "";
  }
}

/** `runningMean` as `running_mean`: what PyTorch calls a field. */
export function snakeCase(name: string): string {
  return name.replaceAll(/(?<=[a-z0-9])[A-Z]/g, "_$&").toLowerCase();
}
