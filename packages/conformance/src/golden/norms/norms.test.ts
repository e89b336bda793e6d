import { checkFamily } from "../../../test/check-family.ts";

checkFamily("norms", { cases: 401, excluded: 3 });
