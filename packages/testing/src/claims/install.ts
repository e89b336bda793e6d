/** Imported first by a program that `withChecks` has made: installs what it calls. */
import { checkClaim } from "./check-claim.ts";

Object.assign(globalThis, { __check: checkClaim });
