import type { Callback, Logs, Training } from "../callbacks/callback.ts";

/** Prints a line for each epoch: `Epoch 2/10: loss 0.3412, accuracy 0.8790`. */
export const epochLines: Callback = {
  onEpochEnd(epoch: number, logs: Logs, training: Training): void {
    const figures = Object.entries(logs).map(([name, figure]) => `${name} ${format(figure)}`);
    console.log(`Epoch ${epoch + 1}/${training.epochs}: ${figures.join(", ")}`);
  },
};

function format(figure: number): string {
  return figure !== 0 && Math.abs(figure) < 1e-3 ? figure.toExponential(2) : figure.toFixed(4);
}
