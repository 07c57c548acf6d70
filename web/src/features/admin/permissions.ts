import { L } from "@/format/words.ts";

/** Rights in the words of those who hand them out. */
export const PERMISSION_WORDS: Record<string, string> = {
  "outbound:campaign:read": L("查看任务"), "outbound:campaign:write": L("新建和修改任务"), "outbound:campaign:approve": L("审批任务"), "outbound:campaign:control": L("开始、暂停、停止任务"),
  "outbound:lead:read": L("查看名单"), "outbound:lead:write": L("导入和修改名单"), "outbound:number:reveal": L("查看完整号码"), "outbound:result:export": L("导出结果"),
  "agent:desk:use": L("使用坐席台"), "agent:seat:read": L("查看坐席与班长台"), "agent:seat:write": L("维护坐席和坐席组"), "agent:call:supervise": L("班长操作（强制、指派）"), "agent:call:monitor": L("监听、密语、强插"),
  "customer:record:read": L("查看客户"), "customer:record:write": L("修改客户"), "customer:record:export": L("导出客户"),
  "sales:product:write": L("维护产品"), "sales:order:read": L("查看产品和订单"), "sales:order:write": L("下单和改单"), "sales:order:export": L("导出订单和销售统计"),
  "outbound:list:write": L("维护黑名单与免呼"), "recording:call:read": L("查看通话记录"), "recording:file:play": L("听录音"), "recording:file:download": L("下载录音"),
  "flow:flow:read": L("查看流程和语音"), "flow:flow:write": L("修改流程"), "flow:flow:publish": L("发布流程"), "flow:prompt:write": L("维护语音"), "line:trunk:read": L("查看线路"),
  "line:trunk:write": L("维护线路"), "message:sms:read": L("查看短信"), "message:sms:send": L("发短信"), "system:webhook:write": L("维护事件推送"), "system:settings:write": L("修改系统设置"),
  "system:user:write": L("管理用户"), "system:key:write": L("管理接口密钥"), "system:audit:read": L("查看操作日志"),
};
