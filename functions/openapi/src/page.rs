//! The document as a page to read: made from it, in one piece, with nothing to fetch.

use serde_json::Value;

use crate::document;

const STYLE: &str = include_str!("page.css");

/// The page, as HTML.
pub fn page() -> String {
    let document = document();
    let mut contents = String::new();
    let mut sections = String::new();
    for tag in document["tags"].as_array().into_iter().flatten() {
        let name = shown(&tag["name"]);
        contents.push_str(&format!("<li><b>{name}</b><ul>"));
        sections.push_str(&format!("<h2>{name}</h2><p>{}</p>", shown(&tag["description"])));
        for (path, method, operation) in operations(document).filter(|(_, _, o)| o["tags"][0] == tag["name"]) {
            let id = shown(&operation["operationId"]);
            let key = format!("{} {}", method.to_uppercase(), escaped(path));
            contents.push_str(&format!("<li><a href=\"#{id}\">{key}</a></li>"));
            sections.push_str(&section(&id, &key, operation));
        }
        contents.push_str("</ul></li>");
    }
    let schemas: String = (document["components"]["schemas"].as_object().into_iter().flatten())
        .map(|(name, schema)| format!("<h3 id=\"schema-{name}\">{name}</h3>{}", json(schema)))
        .collect();
    let info = &document["info"];
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title>\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><style>{STYLE}</style></head><body>\
         <nav><ul>{contents}<li><a href=\"#schemas\">Schemas</a></li></ul></nav><main><h1>{title} <small>{version}</small></h1>\
         <p>{summary}</p><p>{description}</p><p>For programs: <a href=\"openapi.json\">openapi.json</a>.</p>{sections}\
         <h2 id=\"schemas\">Schemas</h2>{schemas}</main></body></html>",
        title = shown(&info["title"]),
        version = shown(&info["version"]),
        summary = shown(&info["summary"]),
        description = shown(&info["description"]),
    )
}

fn operations(document: &Value) -> impl Iterator<Item = (&str, &str, &Value)> {
    let paths = document["paths"].as_object().into_iter().flatten();
    paths.flat_map(|(path, item)| {
        let methods = item.as_object().into_iter().flatten();
        methods.map(|(method, operation)| (path.as_str(), method.as_str(), operation))
    })
}

fn section(id: &str, key: &str, operation: &Value) -> String {
    let mut text = format!("<section id=\"{id}\"><h3><code>{key}</code></h3><p>{}. ", shown(&operation["summary"]));
    text.push_str(&shown(&operation["description"]));
    text.push_str("</p>");
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    let rows: String = parameters
        .map(|parameter| {
            let required = if parameter["required"] == true { "required" } else { "" };
            let (name, place, about) =
                (shown(&parameter["name"]), shown(&parameter["in"]), shown(&parameter["description"]));
            format!("<tr><td><code>{name}</code></td><td>{place}</td><td>{required}</td><td>{about}</td></tr>")
        })
        .collect();
    if !rows.is_empty() {
        text.push_str(&format!("<table>{rows}</table>"));
    }
    let body = &operation["requestBody"]["content"]["application/json"];
    for (name, example) in body["examples"].as_object().into_iter().flatten() {
        text.push_str(&format!("<p>Example: {}</p>{}", escaped(name), json(&example["value"])));
    }
    if !body["schema"].is_null() {
        text.push_str(&format!("<details><summary>Body</summary>{}</details>", json(&body["schema"])));
    }
    for (status, response) in operation["responses"].as_object().into_iter().flatten() {
        let content = response["content"].as_object().into_iter().flatten().next();
        text.push_str(&match content {
            Some((_, content)) => format!(
                "<details><summary>{status}: {}</summary>{}</details>",
                shown(&response["description"]),
                json(&content["schema"])
            ),
            None => format!("<p class=\"problem\">{status}: a <a href=\"#schema-Problem\">problem</a></p>"),
        });
    }
    text.push_str("</section>");
    text
}

/// JSON to read, with references to schemas as links.
fn json(value: &Value) -> String {
    let text = escaped(&serde_json::to_string_pretty(value).unwrap_or_default());
    let mut linked = String::with_capacity(text.len());
    for (place, part) in text.split("&quot;#/components/schemas/").enumerate() {
        match part.split_once("&quot;") {
            Some((name, rest)) if place > 0 => {
                linked.push_str(&format!("<a href=\"#schema-{name}\">{name}</a>{rest}"));
            }
            _ => linked.push_str(part),
        }
    }
    format!("<pre>{linked}</pre>")
}

fn shown(value: &Value) -> String {
    escaped(value.as_str().unwrap_or_default())
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests;
