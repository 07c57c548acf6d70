//! Speech: gather beside keys, listen, and plays that speech ends.

use crate::driver::Call;
use flow::Heard;
use serde_json::{Value, json};

fn menu(more: Value) -> Value {
    let mut gather = json!({
        "type": "gather", "parts": [{ "say": "问" }], "invalid": [{ "say": "没听清" }], "timeout": [{ "say": "没听到" }], "retries": 1,
        "into": "key", "branches": { "1": "yes", "2": "no", "12": "no" }, "on_timeout": "quiet", "on_invalid": "wrong",
        "speech": {
            "into": "words", "hints": ["转人工"],
            "cases": [
                { "any": ["不参加", "没空"], "value": "2", "next": "no" },
                { "any": ["参加", "好的", "可以"], "none": ["不可以"], "value": "1", "next": "yes" },
                { "all": ["转", "人工"], "next": "person" },
            ],
        },
    });
    for (key, value) in more.as_object().unwrap() {
        gather["speech"][key] = value.clone();
    }
    let say = |text: &str| json!({ "type": "hangup", "parts": [{ "say": text }] });
    json!({
        "g": gather, "yes": say("来 {{ var.key }} {{ var.words }}"), "no": say("不来 {{ var.key }}"), "person": say("人工 {{ var.key }}"),
        "quiet": say("静"), "wrong": say("错"), "other": say("其他 {{ var.words }}"),
    })
}

const HEAR: &str = "hear 转人工,不参加,没空,参加,好的,可以,转,人工 800";

fn text(text: &str) -> Heard {
    Heard::Text { text: text.into(), is_final: true }
}

#[test]
fn words_decide_like_keys_and_stop_the_question() {
    let (mut call, outs) = Call::start(menu(json!({})));
    assert_eq!(outs, [HEAR, "speak 问"]);
    assert_eq!(call.heard(Heard::Started), ["stop speaking"]);
    assert!(call.heard(Heard::Text { text: "我参加".into(), is_final: false }).is_empty(), "only what is final decides");
    assert!(call.heard(Heard::Ended).is_empty());
    assert_eq!(call.heard(text("我參加，好的。")), ["stop hearing", "speak 来 1 我參加，好的。"]);
    assert_eq!(call.trail, ["g: said 我參加，好的。"]);

    let (mut call, _) = Call::start(menu(json!({})));
    call.spoken();
    assert_eq!(call.says("不参加"), ["stop hearing", "speak 不来 2"], "the first case that fits");
    let (mut call, _) = Call::start(menu(json!({})));
    assert_eq!(call.says("请帮我转到人工").last().unwrap(), "speak 人工 请帮我转到人工", "without a value the words");
}

#[test]
fn keys_and_words_race_and_the_first_to_be_complete_wins() {
    let (mut call, _) = Call::start(menu(json!({})));
    call.heard(Heard::Started);
    assert_eq!(call.press("2"), ["stop hearing", "speak 不来 2"], "a key while speaking");
    assert!(call.heard(text("参加")).is_empty(), "the text comes too late");

    let (mut call, _) = Call::start(menu(json!({})));
    call.heard(Heard::Started);
    assert!(call.press("1").is_empty(), "12 may follow");
    assert!(call.heard(Heard::Ended).is_empty());
    assert!(call.heard(text("没空")).is_empty(), "who presses keys is not taken at his word");
    assert_eq!(call.time_out().1, ["stop hearing", "speak 来 1"]);
}

#[test]
fn what_is_not_understood_is_asked_again() {
    let (mut call, _) = Call::start(menu(json!({})));
    assert_eq!(call.says("今天天气不错"), ["stop speaking", "speak 没听清|问"], "the hearing goes on");
    assert_eq!(call.says("不可以"), ["stop speaking", "stop hearing", "speak 错"]);
    assert_eq!(call.trail, ["g: no match 今天天气不错", "g: no match 不可以"]);
    let (mut call, _) = Call::start(menu(json!({ "otherwise": "other" })));
    assert_eq!(call.says("随便").last().unwrap(), "speak 其他 随便");
}

#[test]
fn a_recogniser_that_fails_or_never_answers_leaves_the_keys() {
    let (mut call, _) = Call::start(menu(json!({})));
    assert!(call.heard(Heard::Failed("no recogniser".into())).is_empty(), "nothing was said yet");
    call.spoken();
    assert_eq!(call.press("2"), ["stop hearing", "speak 不来 2"]);

    let (mut call, _) = Call::start(menu(json!({})));
    call.heard(Heard::Started);
    call.heard(Heard::Ended);
    assert_eq!(call.heard(Heard::Failed("down".into())), ["speak 没听清|问"]);
    call.heard(Heard::Started);
    call.heard(Heard::Ended);
    assert_eq!(call.time_out(), (8_000, vec!["stop hearing".into(), "speak 错".into()]));
    assert_eq!(call.trail[0], "g: error: down");

    let (mut call, _) = Call::start(menu(json!({})));
    call.heard(Heard::Started);
    assert_eq!(call.time_out().0, 20_000, "speech whose end is never told of ends too");
}

#[test]
fn a_text_in_pieces_is_one_answer() {
    let (mut call, _) = Call::start(menu(json!({})));
    call.heard(Heard::Started);
    assert!(call.heard(text("请转")).is_empty());
    call.heard(Heard::Ended);
    assert_eq!(call.heard(text("人工")).last().unwrap(), "speak 人工 请转人工");
    let (mut call, _) = Call::start(menu(json!({})));
    call.heard(Heard::Started);
    call.heard(text("嗯"));
    call.heard(Heard::Ended);
    assert_eq!(call.time_out(), (1_500, vec!["speak 没听清|问".into()]), "no further piece came");
}

#[test]
fn without_barge_in_words_into_the_question_are_not_taken() {
    let (mut call, _) = Call::start(menu(json!({ "barge_in": false })));
    assert!(call.says("参加").is_empty());
    call.spoken();
    assert_eq!(call.says("参加").last().unwrap(), "speak 来 1 参加");
}

#[test]
fn a_play_that_speech_ends_hands_the_words_to_the_next_question() {
    let mut nodes = menu(json!({}));
    let play = json!({ "type": "play", "parts": [{ "say": "长话" }], "speech_barge_in": true, "next": "g" });
    let mut first = serde_json::Map::from_iter([("p".to_owned(), play)]);
    first.extend(nodes.as_object_mut().unwrap().clone());
    let (mut call, outs) = Call::start(Value::Object(first));
    assert_eq!(outs, ["hear  800", "speak 长话"]);
    assert_eq!(call.heard(Heard::Started), ["stop speaking"], "the question is not asked over the answer");
    call.heard(Heard::Ended);
    assert_eq!(call.heard(text("好的")), ["stop hearing", "speak 来 1 好的"]);
    assert_eq!(call.trail, ["p: interrupted by speech", "g: said 好的"]);
}

fn listen(more: Value) -> Value {
    let mut node = json!({
        "type": "listen", "parts": [{ "say": "请讲" }], "silent": [{ "say": "没听到" }], "label": "opinion", "into": "a", "retries": 1,
        "on_silence": "quiet", "next": "done",
    });
    for (key, value) in more.as_object().unwrap() {
        node[key] = value.clone();
    }
    let done =
        json!({ "type": "hangup", "parts": [{ "say": "{{ var.a.text }} {{ var.a.file_name }} {{ var.a.duration_ms }}" }] });
    json!({ "l": node, "done": done, "quiet": { "type": "hangup", "parts": [{ "say": "静" }] } })
}

#[test]
fn an_open_answer_is_recorded_and_understood() {
    let (mut call, outs) = Call::start(listen(json!({})));
    assert_eq!(outs, ["hear  1500", "speak 请讲"]);
    assert_eq!(call.spoken(), ["record opinion 60000"]);
    assert!(call.heard(Heard::Started).is_empty());
    assert!(call.heard(text("我觉得")).is_empty());
    assert_eq!(call.heard(Heard::Ended), ["stop recording"]);
    assert!(call.recorded(4_200).is_empty(), "its text is still to come");
    assert_eq!(call.heard(text("很好。")), ["stop hearing", "speak 我觉得很好。 a.wav 4200"]);
    assert_eq!(call.trail, ["l: said 我觉得很好。"]);
}

#[test]
fn an_open_answer_may_begin_into_the_question_and_end_with_a_key() {
    let (mut call, _) = Call::start(listen(json!({})));
    assert_eq!(call.heard(Heard::Started), ["stop speaking", "record opinion 60000"]);
    assert_eq!(call.press("#"), ["stop recording"]);
    call.recorded(2_000);
    assert_eq!(call.heard(text("好")), ["stop hearing", "speak 好 a.wav 2000"]);
}

#[test]
fn silence_and_a_recogniser_that_is_not_there_are_told_apart() {
    let (mut call, _) = Call::start(listen(json!({})));
    call.spoken();
    assert_eq!(call.time_out(), (6_000, vec!["stop recording".into()]));
    assert_eq!(call.recorded(6_000), ["speak 没听到|请讲"]);
    call.spoken();
    call.time_out();
    assert_eq!(call.recorded(6_000), ["stop hearing", "speak 静"]);
    assert_eq!(call.trail, ["l: silence", "l: silence"]);

    let (mut call, _) = Call::start(listen(json!({})));
    call.spoken();
    call.heard(Heard::Started);
    call.heard(Heard::Ended);
    call.heard(Heard::Failed("recognition is off".into()));
    assert_eq!(call.recorded(3_000), ["stop hearing", "speak a.wav 3000"], "the recording is there without a text");
    let (mut call, _) = Call::start(listen(json!({})));
    call.spoken();
    call.heard(Heard::Started);
    call.heard(Heard::Ended);
    call.recorded(3_000);
    assert_eq!(call.time_out(), (8_000, vec!["stop hearing".into(), "speak a.wav 3000".into()]));
}

#[test]
fn a_hang_up_keeps_what_was_recorded() {
    let (mut call, _) = Call::start(listen(json!({})));
    call.spoken();
    call.heard(Heard::Started);
    assert_eq!(call.hung_up(), ["stop recording"]);
    assert_eq!(call.recorded(1_000), ["stop hearing", "hangup"]);
    let (mut call, _) = Call::start(menu(json!({})));
    call.heard(Heard::Started);
    assert_eq!(call.hung_up(), ["stop hearing", "hangup"]);
}
