import type { CampaignView } from "@/api/campaigns.ts";
import { InForce } from "./InForce.tsx";
import { Ledger } from "./Ledger.tsx";
import { Refusals } from "./Refusals.tsx";
import { RulesForm } from "./RulesForm.tsx";
import { TaskExempt } from "./TaskExempt.tsx";

/** All rules of dialling of a task in one place: what they refused, what holds, what may be made stricter. */
export function RulesTab({ campaign }: { campaign: CampaignView }) {
  return (
    <div className="fl-stack">
      <Refusals id={campaign.id} />
      <InForce id={campaign.id} />
      <RulesForm key={campaign.revision} campaign={campaign} />
      <TaskExempt id={campaign.id} />
      <Ledger id={campaign.id} />
    </div>
  );
}
