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

  /** What stands in the parentheses when the node is printed, such as `64, eps=1e-5`. */
  details(): string {
    return "";
  }
}
