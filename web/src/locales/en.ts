import { en1 } from "./en1.ts";
import { en2 } from "./en2.ts";
import { en3 } from "./en3.ts";
import { en4 } from "./en4.ts";
import { en5 } from "./en5.ts";
import { en6 } from "./en6.ts";
import { en7 } from "./en7.ts";
import { en8 } from "./en8.ts";
import { en11 } from "./en11.ts";
import { enResults } from "./enResults.ts";
import { enLists } from "./enLists.ts";
import { enBooking } from "./enBooking.ts";
import { enMails } from "./enMails.ts";
import { enTasks } from "./enTasks.ts";
import { enWhatIf } from "./enWhatIf.ts";
import { enWork } from "./enWork.ts";

export const en: Record<string, string> = { ...en1, ...en2, ...en3, ...en4, ...en5, ...en6, ...en7, ...en8, ...en11, ...enResults, ...enLists, ...enMails, ...enBooking, ...enTasks, ...enWhatIf, ...enWork };
