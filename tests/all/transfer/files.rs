//! Files that are uploaded and fetched by URLs that are signed, over a socket.

use std::sync::Arc;

use memorable_local::{House, Options, server};
use serde_json::{Value, json};

/// A house on a port of its own.
async fn served() -> (Arc<House>, String, tokio::sync::oneshot::Sender<()>) {
    let listener = server::listen(0).await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let settings = [("MEMORABLE_FILES_URL".to_owned(), url.clone())].into();
    let house = Arc::new(House::open(Options { settings, ..Options::default() }).await.expect("a house"));
    let (stop, stopped) = tokio::sync::oneshot::channel();
    let serving = Arc::clone(&house);
    tokio::spawn(async move { Box::pin(server::serve(serving, listener, async { drop(stopped.await) })).await });
    (house, url, stop)
}

async fn asked(client: &reqwest::Client, method: &str, url: &str, body: Value) -> (u16, Value) {
    let method = method.parse().expect("a method");
    let call = client.request(method, url).bearer_auth("local").body(if body.is_null() {
        String::new()
    } else {
        body.to_string()
    });
    let answer = call.send().await.expect("an answer");
    (answer.status().as_u16(), answer.json().await.expect("JSON"))
}

async fn over(client: &reqwest::Client, url: &str) -> Value {
    for _ in 0..600 {
        let (_, job) = asked(client, "GET", url, Value::Null).await;
        if job["state"] == "done" || job["state"] == "failed" {
            return job;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("the job at {url} does not end");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_large_file_comes_in_by_its_signed_url_and_goes_out_by_others() {
    let (house, url, stop) = served().await;
    let client = reqwest::Client::new();
    let (status, import) = asked(&client, "POST", &format!("{url}/v1/imports"), json!({"scope": "user:alice"})).await;
    assert_eq!(
        (status, &import["state"], &import["upload"]["method"]),
        (202, &json!("waiting"), &json!("PUT")),
        "{import}"
    );
    let job = format!("{url}/v1/imports/{}", import["id"].as_str().expect("an id"));
    let (status, early) = asked(&client, "POST", &format!("{job}/start"), Value::Null).await;
    assert_eq!(status, 409, "there is no file yet: {early}");

    // Beyond what the house keeps in memory of a file on its way, in few messages.
    let line = |n: usize| {
        json!({"content": format!("{n} {}", "long ".repeat(6_000)), "occurred_at": "2026-01-01"}).to_string() + "\n"
    };
    let file: String = (0..200).map(line).collect();
    assert!(file.len() > 5_000_000);
    let put = import["upload"]["url"].as_str().expect("a URL").to_owned();
    let forged = put.replace(&put[put.len() - 8..], "00000000");
    let other = put.replace("imports/", "exports/");
    let late = put.replace("X-Amz-Expires=3600", "X-Amz-Expires=36000");
    let unsigned = put.split('?').next().expect("a URL").to_owned();
    for wrong in [forged, other, late, unsigned] {
        // Whole, though nobody wants it: only who has sent all of it sees the answer.
        let refused = client.put(&wrong).body(file.clone()).send().await.expect("an answer").status().as_u16();
        assert_eq!(refused, 403, "{wrong}");
    }
    let stored = client.put(&put).body(file.clone()).send().await.expect("an answer");
    assert_eq!(stored.status(), 200, "{:?}", stored.text().await);
    let read = client.get(&put).send().await.expect("an answer").status().as_u16();
    assert_eq!(read, 403, "a URL to put is none to get");

    let (status, begun) = asked(&client, "POST", &format!("{job}/start"), Value::Null).await;
    assert_eq!((status, &begun["progress"]["of_bytes"]), (202, &json!(file.len())), "{begun}");
    let done = over(&client, &job).await;
    assert_eq!((&done["state"], &done["counts"]["stored"]), (&json!("done"), &json!(200)), "{done}");
    let object = format!("transfers/imports/{}", done["id"].as_str().expect("an id"));
    // A job is done before its file goes, since a crash in between may cost a file to remove, and not the import.
    let is_gone = async || house.app.objects.size(&object).await.expect("a look").is_none();
    for _ in 0..200 {
        if is_gone().await {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert!(is_gone().await, "its text is in memories now");

    let (_, export) = asked(&client, "POST", &format!("{url}/v1/exports"), json!({"scope": "user:alice"})).await;
    let export = over(&client, &format!("{url}/v1/exports/{}", export["id"].as_str().expect("an id"))).await;
    let files = export["files"].as_array().expect("files");
    assert!(files.len() >= 2, "{export}");
    let mut lines = 0;
    for file in files {
        let got = client.get(file["url"].as_str().expect("a URL")).send().await.expect("an answer");
        assert_eq!(got.status(), 200);
        let bytes = got.bytes().await.expect("bytes");
        assert_eq!(json!(bytes.len()), file["bytes"]);
        lines += bytes.iter().filter(|byte| **byte == b'\n').count();
    }
    assert_eq!(lines, 200);
    drop(stop);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_signed_url_ends() {
    let (house, _url, stop) = served().await;
    let now = memorable_local::schedule::today();
    let long_ago = now.yesterday().expect("a day").to_string().parse().expect("a time");
    let url = house.app.objects.url_to_put("transfers/imports/x", jiff::SignedDuration::from_hours(1), long_ago).await;
    let put = reqwest::Client::new().put(url.expect("a URL")).body("late").send().await.expect("an answer");
    assert_eq!(put.status(), 403);
    drop(stop);
}
