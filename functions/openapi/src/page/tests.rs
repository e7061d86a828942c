use crate::{page, routes};

#[test]
fn the_page_tells_of_every_route_and_fetches_nothing() {
    let page = page();
    for route in routes() {
        assert!(page.contains(&format!("<section id=\"{}\">", route.name)), "{}", route.key);
        assert!(page.contains(&format!("href=\"#{}\"", route.name)), "{}", route.key);
    }
    // Examples may name addresses; nothing of the page leads there.
    for outside in ["href=\"http", "src=", "<script", "<link", "@import", "url("] {
        assert!(!page.contains(outside), "{outside}");
    }
}

#[test]
fn every_link_within_the_page_leads_somewhere() {
    let page = page();
    for link in page.split("href=\"#").skip(1) {
        let id = link.split('"').next().expect("an end");
        assert!(page.contains(&format!("id=\"{id}\"")), "{id}");
    }
}
