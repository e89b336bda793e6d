export { checkClaim } from "./check-claim.ts";
export { withChecks } from "./with-checks.ts";
