import { checkFamily } from "../../../test/check-family.ts";

checkFamily("second-order", { cases: 69, excluded: 0 });
