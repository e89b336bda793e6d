export { logSigmoid } from "../../activations/log-sigmoid.ts";
