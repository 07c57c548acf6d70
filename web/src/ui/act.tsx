/** Doing something that changes the server: one spinner, one message, fresh lists afterwards. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { App, type FormInstance } from "antd";
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
}

/** Puts the server's field faults at the form's fields; tells whether all found one. */
export function placeErrors(form: FormInstance, error: ApiError): boolean {
  const faults = error.errors.length > 0 ? error.errors : error.field ? [{ field: error.field, detail: error.message }] : [];
  let placed = faults.length > 0;
  for (const fault of faults) {
    const path = fault.field.split(".").map((p) => (/^\d+$/.test(p) ? Number(p) : p));
    if (form.getFieldInstance(path) ?? form.getFieldInstance(path[0])) {
      const name = form.getFieldInstance(path) ? path : [path[0]];
      form.setFields([{ name, errors: [fault.detail] } as Parameters<FormInstance["setFields"]>[0][number]]);
    } else placed = false;
  }
  return placed;
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
      if (options.form && placeErrors(options.form, error)) return;
      if (error.status === 409 && error.code.includes("revision")) {
        void message.warning(t("刚刚有人改过这条内容，已为您载入最新版本，请核对后再保存"));
        for (const key of options.refresh ?? []) void queries.invalidateQueries({ queryKey: [key] });
        return;
      }
      void message.error(error.message, 5);
    },
  });
}
