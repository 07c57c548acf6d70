//! The reference page says what is so: its example is a valid flow, and it names every node, reading and template.

use flow::reading::As;
use flow::{Flow, schema, templates};

const PAGE: &str = include_str!("../../../../docs/flow-documents.md");

#[test]
fn the_example_is_a_valid_flow() {
    let start = PAGE.find("```json\n{").unwrap() + "```json\n".len();
    let end = start + PAGE[start..].find("```").unwrap();
    let flow = Flow::parse(&serde_json::from_str(&PAGE[start..end]).unwrap()).unwrap();
    assert_eq!(flow.warnings(), []);
}

#[test]
fn nothing_is_left_out() {
    for node in schema()["properties"]["nodes"]["additionalProperties"]["oneOf"].as_array().unwrap() {
        let kind = node["$ref"].as_str().unwrap().rsplit('/').next().unwrap();
        assert!(PAGE.contains(&format!("| `{kind}` |")) && PAGE.contains(&format!("### {kind}")), "{kind}");
        for field in schema()["$defs"][kind]["properties"].as_object().unwrap().keys().filter(|f| *f != "type") {
            assert!(PAGE.contains(&format!("`{field}`")), "{kind}.{field}");
        }
    }
    for what in As::ALL {
        assert!(PAGE.contains(&format!("| `{}` |", what.code())), "{}", what.code());
    }
    for template in templates() {
        let row =
            PAGE.lines().find(|l| l.contains(&format!("| `{}` |", template.code))).unwrap_or_else(|| panic!("{}", template.code));
        assert!(row.contains(template.name_zh), "{}", template.code);
        for result in &template.results {
            assert!(row.contains(&result.code), "{}: {}", template.code, result.code);
        }
    }
}
