import type { Module } from "@tapegrad/nn";
import { type Optimizer, SGD } from "@tapegrad/optim";
import type { Tensor } from "@tapegrad/tensor";
import { History } from "../src/training/history.ts";
import type { Training } from "../src/training/callback.ts";

/** A training that only listens, for callbacks that are called by hand. */
export class IdleTraining implements Training {
  static readonly name: string = "IdleTraining";
  readonly net: Module;
  readonly optimizer: Optimizer;
  readonly history: History = new History();
  readonly epoch: number = 0;
  readonly updates: number = 0;
  readonly epochs: number = 10;
  readonly steps: number | undefined = 4;
  readonly dryRun: boolean;
  isStopped = false;

  constructor(net: Module, dryRun: boolean = false) {
    this.net = net;
    this.optimizer = new SGD(net.parameters(), { lr: 0.1 });
    this.dryRun = dryRun;
  }

  stateDict(): object {
    return { net: this.net.stateDict() };
  }

  rerun(): Tensor {
    throw new Error("There was no batch.");
  }

  stop(): void {
    this.isStopped = true;
  }
}
