/** Doing something that changes the server: one spinner, one message, fresh lists afterwards. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { App, type FormInstance } from "antd";
import i18next from "i18next";
import { useTranslation } from "react-i18next";
import { ApiError } from "@/api/http.ts";

interface Options<R> {
  /** Said when it worked. */
  done?: string;
  /** First words of the query keys to fetch anew. */
  refresh?: string[];
  onDone?: (result: R) => void;
  /** Returns true when it has dealt with the error itself. */
  onFail?: (error: ApiError) => boolean;
  form?: FormInstance;
  /** What the form calls a field, where the server calls it otherwise. */
  fields?: Record<string, string>;
  /** The form holds the record as the server shows it: when somebody else was faster, the newest version is brought in and what was typed stays. */
  adopt?: boolean;
}

/** How long a panel takes to unfold, ms: nothing in it can be scrolled to before. */
const UNFOLD_MS = 300;

/** Shows a field once the panel that holds it has unfolded. */
export function goToField(form: FormInstance, name: (string | number | undefined)[]): void {
  setTimeout(() => { form.scrollToField(name, { behavior: "smooth", block: "center" }); }, UNFOLD_MS);
}

/** An emptied number is refused by the server's parser, which speaks to programmers. */
const said = (detail: string): string => (detail.includes("invalid type: null") ? i18next.t("不能为空") : detail);

/** Puts the server's field faults at the form's fields and goes to the first; tells whether all found one. */
export function placeErrors(form: FormInstance, error: ApiError, fields: Record<string, string> = {}): boolean {
  const faults = error.errors.length > 0 ? error.errors : error.field ? [{ field: error.field, detail: error.message }] : [];
  let placed = faults.length > 0;
  let first: (string | number | undefined)[] | undefined;
  for (const fault of faults) {
    const path = (fields[fault.field] ?? fault.field).split(".").map((p) => (/^\d+$/.test(p) ? Number(p) : p));
    if (form.getFieldInstance(path) ?? form.getFieldInstance(path[0])) {
      const name = form.getFieldInstance(path) ? path : [path[0]];
      form.setFields([{ name, errors: [said(fault.detail)] } as Parameters<FormInstance["setFields"]>[0][number]]);
      first ??= name;
    } else placed = false;
  }
  if (first) goToField(form, first);
  return placed;
}

/** Fills a form with the newest version; what its user has changed stays. */
function adoptCurrent(form: FormInstance, current: object): void {
  const typed = form.getFieldsValue(true, (meta) => meta?.touched ?? false) as object;
  form.setFieldsValue(current);
  form.setFieldsValue(typed);
}

export function useAct<V, R>(run: (value: V) => Promise<R>, options: Options<R> = {}) {
  const { message } = App.useApp();
  const queries = useQueryClient();
  const { t } = useTranslation();
  return useMutation<R, unknown, V>({
    mutationFn: run,
    onSuccess: (result) => {
      for (const key of options.refresh ?? []) void queries.invalidateQueries({ queryKey: [key] });
      if (options.done) void message.success(options.done);
      options.onDone?.(result);
    },
    onError: (cause) => {
      const error = cause instanceof ApiError ? cause : new ApiError(0, { detail: String(cause) });
      if (options.onFail?.(error)) return;
      if (options.form && placeErrors(options.form, error, options.fields)) return;
      if (error.status === 409 && error.code.includes("revision")) {
        if (options.adopt && options.form && typeof error.current === "object" && error.current) adoptCurrent(options.form, error.current);
        void message.warning(t("刚刚有人改过这条内容，已为您载入最新版本，请核对后再保存"));
        for (const key of options.refresh ?? []) void queries.invalidateQueries({ queryKey: [key] });
        return;
      }
      void message.error(error.message, 5);
    },
  });
}
