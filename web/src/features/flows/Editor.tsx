/** CodeMirror around one JSON document: syntax as it is typed, the server's faults where they stand. */
import { autocompletion, closeBrackets, closeBracketsKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { json, jsonParseLinter } from "@codemirror/lang-json";
import { bracketMatching, codeFolding, defaultHighlightStyle, foldGutter, foldKeymap, indentOnInput, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, linter, setDiagnostics, type Diagnostic } from "@codemirror/lint";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { Compartment, EditorState } from "@codemirror/state";
import { EditorView, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers } from "@codemirror/view";
import { useEffect, useImperativeHandle, useRef, type Ref } from "react";
import type { FlowFault } from "@/api/flows.ts";
import { locate, ranges } from "./locate.ts";

export interface EditorHandle { insert: (text: string) => void; show: (path: string) => void; replace: (text: string) => void; focus: () => void }

const look = EditorView.theme({
  ".cm-gutters": { background: "#f7f9f9", color: "#a3b0b4", border: "none" },
  ".cm-activeLine": { background: "#f4faf9" }, ".cm-activeLineGutter": { background: "#e8f2f1" },
  "&.cm-focused .cm-selectionBackground, .cm-selectionBackground": { background: "#cfe9e5" },
});

function diagnostics(text: string, faults: FlowFault[], severity: "error" | "warning", english: boolean): Diagnostic[] {
  const all = ranges(text);
  return faults.map((f) => {
    const [from, to] = locate(all, f.field || (f.node ? `nodes.${f.node}` : ""));
    const end = Math.min(to, from + 400);
    return { from, to: Math.max(end, from + 1), severity, message: english ? f.message_en : f.message_zh };
  });
}

function extensions(readOnly: boolean, onChange: (text: string) => void, onSave: () => void, room: Compartment) {
  return [
    lineNumbers(), foldGutter(), codeFolding(), highlightActiveLine(), highlightActiveLineGutter(), history(), bracketMatching(), closeBrackets(), indentOnInput(), autocompletion(), highlightSelectionMatches(),
    json(), syntaxHighlighting(defaultHighlightStyle), lintGutter(), look, EditorView.lineWrapping,
    room.of([EditorState.readOnly.of(readOnly), linter(jsonParseLinter(), { delay: 300 })]),
    keymap.of([{ key: "Mod-s", run: () => { onSave(); return true; } }, ...closeBracketsKeymap, ...defaultKeymap, ...searchKeymap, ...historyKeymap, ...foldKeymap, indentWithTab]),
    EditorView.updateListener.of((u) => { if (u.docChanged) onChange(u.state.doc.toString()); }),
  ];
}

interface EditorProps {
  initial: string; readOnly: boolean; errors: FlowFault[]; warnings: FlowFault[]; english: boolean; onChange: (text: string) => void; onSave: () => void; ref: Ref<EditorHandle>;
}

export function Editor({ initial, readOnly, errors, warnings, english, onChange, onSave, ref }: EditorProps) {
  const box = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const calls = useRef({ onChange, onSave });
  useEffect(() => { calls.current = { onChange, onSave }; });
  useEffect(() => {
    if (!box.current) return;
    const made = new EditorView({
      parent: box.current,
      state: EditorState.create({ doc: initial, extensions: extensions(readOnly, (x) => { calls.current.onChange(x); }, () => { calls.current.onSave(); }, new Compartment()) }),
    });
    view.current = made;
    return () => { made.destroy(); };
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the document lives in the editor once it is open
  }, [readOnly]);
  useEffect(() => {
    const v = view.current;
    if (!v) return;
    const text = v.state.doc.toString();
    v.dispatch(setDiagnostics(v.state, [...diagnostics(text, errors, "error", english), ...diagnostics(text, warnings, "warning", english)]));
  }, [errors, warnings, english]);
  useImperativeHandle(ref, () => ({
    insert: (text) => {
      const v = view.current;
      if (!v) return;
      v.dispatch(v.state.replaceSelection(text), { scrollIntoView: true });
      v.focus();
    },
    show: (path) => {
      const v = view.current;
      if (!v) return;
      const [from] = locate(ranges(v.state.doc.toString()), path);
      v.dispatch({ selection: { anchor: from }, effects: EditorView.scrollIntoView(from, { y: "center" }) });
      v.focus();
    },
    replace: (text) => {
      view.current?.dispatch({ changes: { from: 0, to: view.current.state.doc.length, insert: text } });
    },
    focus: () => view.current?.focus(),
  }), []);
  return <div ref={box} style={{ height: "100%", overflow: "hidden" }} />;
}
