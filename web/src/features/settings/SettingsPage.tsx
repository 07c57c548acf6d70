import { useQuery } from "@tanstack/react-query";
import { Tabs } from "antd";
import { useTranslation } from "react-i18next";
import { getSettings } from "@/api/messages.ts";
import { useFilters } from "@/ui/filters.ts";
import { Loaded, Page } from "@/ui/Page.tsx";
import { ComplianceForm } from "./ComplianceForm.tsx";
import { CostsForm } from "./CostsForm.tsx";
import { CustomersForm } from "./CustomersForm.tsx";
import { DeskForm } from "./DeskForm.tsx";
import { EarsForm } from "./EarsForm.tsx";
import { HolidayForm } from "./HolidayForm.tsx";
import { MailForm } from "./MailForm.tsx";
import { RecognitionForm } from "./RecognitionForm.tsx";
import { RecordingForm } from "./RecordingForm.tsx";
import { SipTraceForm } from "./SipTraceForm.tsx";
import { SmsForm } from "./SmsForm.tsx";
import { SpeechForm } from "./SpeechForm.tsx";

export function SettingsPage() {
  const { t } = useTranslation();
  const [f, set] = useFilters();
  const query = useQuery({ queryKey: ["settings"], queryFn: getSettings });
  return (
    <Page title={t("系统设置")}>
      <Loaded query={query}>
        {(s) => (
          <Tabs activeKey={f.section ?? "compliance"} onChange={(section) => { set({ section }); }} tabPlacement="start" destroyOnHidden styles={{ content: { paddingInlineStart: 20 } }} items={[
            { key: "compliance", label: t("合规限制"), children: <ComplianceForm value={s.compliance} /> },
            { key: "holidays", label: t("节假日"), children: <HolidayForm value={s.holidays} /> },
            { key: "desk", label: t("坐席台"), children: <DeskForm value={s.desk} /> },
            { key: "customers", label: t("客户资料"), children: <CustomersForm value={s.customers} /> },
            { key: "speech", label: t("语音合成"), children: <SpeechForm value={s.speech} /> },
            { key: "recognition", label: t("语音识别"), children: <RecognitionForm value={s.recognition} /> },
            { key: "sms", label: t("短信网关"), children: <SmsForm value={s.sms} /> },
            { key: "mail", label: t("邮件服务器"), children: <MailForm value={s.mail} /> },
            { key: "recording", label: t("录音"), children: <RecordingForm value={s.recording} /> },
            { key: "ears", label: t("线路识音"), children: <EarsForm value={s.ears} standard={s.standard_tones} /> },
            { key: "costs", label: t("话费"), children: <CostsForm value={s.costs} /> },
            { key: "sip-trace", label: t("信令"), children: <SipTraceForm value={s.sip_trace} /> },
          ]} />
        )}
      </Loaded>
    </Page>
  );
}
