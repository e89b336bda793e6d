import type { AnyModule } from "@tapegrad/nn";

/** Switches `net` to evaluation mode; what it returns gives every part its own mode back. */
export function toEvaluation(net: AnyModule): () => void {
  const restore = keptModes(net);
  net.eval();
  return restore;
}

/**
 * Switches a net that is in evaluation mode to training mode; what it returns switches it back. Parts that were switched to
 * evaluation alone, such as a BatchNorm that is not to learn, stay so.
 */
export function toTraining(net: AnyModule): () => void {
  if (net.training) return () => undefined;
  const restore = keptModes(net);
  net.train();
  return restore;
}

/** Remembers the mode of each part of a net; what it returns brings them back. */
export function keptModes(net: AnyModule): () => void {
  const modes = net.modules().map((module) => [module, module.training] as const);
  return () => {
    // Parents come first, and `train` reaches all inside: what a part itself was, is said last.
    for (const [module, training] of modes) if (module.training !== training) module.train(training);
  };
}
