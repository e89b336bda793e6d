import type { GradNode } from "@tapegrad/tensor/internal";

/** A heap of nodes that gives the one created last first. */
export class NodeQueue {
  readonly #heap: GradNode[] = [];

  push(node: GradNode): void {
    const heap = this.#heap;
    let hole = heap.length;
    heap.push(node);
    while (hole > 0) {
      const above = (hole - 1) >> 1;
      const parent = heap[above]!;
      if (parent.sequence >= node.sequence) break;
      heap[hole] = parent;
      hole = above;
    }
    heap[hole] = node;
  }

  pop(): GradNode | undefined {
    const heap = this.#heap;
    const top = heap[0];
    const last = heap.pop();
    const { length } = heap;
    if (last === undefined || length === 0) return top;
    let hole = 0;
    for (;;) {
      let below = 2 * hole + 1;
      if (below >= length) break;
      if (below + 1 < length && heap[below + 1]!.sequence > heap[below]!.sequence) below++;
      const child = heap[below]!;
      if (child.sequence <= last.sequence) break;
      heap[hole] = child;
      hole = below;
    }
    heap[hole] = last;
    return top;
  }
}
