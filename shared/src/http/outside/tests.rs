use std::net::Ipv4Addr;
use std::sync::Mutex;

use proptest::prelude::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;

/// A resolver that answers what it is told to, the last for good, and counts how often it is asked.
#[derive(Debug, Clone, Default)]
struct Scripted {
    answers: Arc<Mutex<Vec<Vec<IpAddr>>>>,
    asked: Arc<Mutex<usize>>,
}

impl Scripted {
    fn new(answers: &[&[&str]]) -> Scripted {
        let parsed = |answer: &&[&str]| answer.iter().map(|address| address.parse().unwrap()).collect();
        Scripted { answers: Arc::new(Mutex::new(answers.iter().map(parsed).collect())), ..Scripted::default() }
    }

    fn asked(&self) -> usize {
        *self.asked.lock().unwrap()
    }
}

impl ResolveDns for Scripted {
    fn resolve_dns<'a>(&'a self, _: &'a str) -> DnsFuture<'a> {
        *self.asked.lock().unwrap() += 1;
        let mut answers = self.answers.lock().unwrap();
        let answer = if answers.len() > 1 { answers.remove(0) } else { answers.first().cloned().unwrap_or_default() };
        DnsFuture::ready(Ok(answer))
    }
}

async fn post(outside: &Outside, url: &str) -> std::result::Result<u16, Refusal> {
    outside.post(url, &[("content-type", "application/json".to_owned())], "{}".to_owned()).await
}

/// A server that answers every call with that, and how many connections it had.
async fn server(answer: &'static str) -> (u16, Arc<Mutex<usize>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let connections = Arc::new(Mutex::new(0));
    let counted = Arc::clone(&connections);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            *counted.lock().unwrap() += 1;
            let mut bytes = [0; 4096];
            let _ = stream.read(&mut bytes).await;
            let _ = stream.write_all(answer.as_bytes()).await;
            // As long as the other side holds on to it.
            let _ = stream.read(&mut bytes).await;
        }
    });
    (port, connections)
}

#[tokio::test]
async fn a_name_that_means_a_private_address_is_not_connected_to() {
    for answer in [
        &["10.0.0.1"][..],
        &["169.254.169.254"],
        &["::1"],
        &["::ffff:127.0.0.1"],
        &["fd00::1"],
        &["0.0.0.0"],
        // One of several is enough: a resolver may give the other first, and the next try takes this one.
        &["8.8.8.8", "192.168.0.1"],
    ] {
        let outside = Outside::by(SharedDnsResolver::new(Scripted::new(&[answer])), false);
        assert_eq!(post(&outside, "https://example.com/hook").await, Err(Refusal::Address), "{answer:?}");
    }
    let nothing = Outside::by(SharedDnsResolver::new(Scripted::new(&[&[]])), false);
    assert_eq!(post(&nothing, "https://example.com/hook").await, Err(Refusal::Name));
}

#[tokio::test]
async fn the_address_that_was_looked_at_is_the_one_that_is_called() {
    // Rebinding: a resolver that means somebody else the second time is not asked a second time for one call.
    let (port, connections) = server("HTTP/1.1 204 No Content\r\n\r\n").await;
    let resolver = Scripted::new(&[&["127.0.0.1"], &["10.0.0.1"]]);
    let outside = Outside::by(SharedDnsResolver::new(resolver.clone()), true);
    assert_eq!(post(&outside, &format!("http://localhost:{port}/hook")).await, Ok(204));
    assert_eq!((resolver.asked(), *connections.lock().unwrap()), (1, 1));
    // And in a call that has to connect anew its second meaning is looked at as the first was.
    let other = Outside { connector: Arc::default(), ..outside };
    assert_eq!(post(&other, &format!("http://localhost:{port}/hook")).await, Err(Refusal::Address));
    assert_eq!(*connections.lock().unwrap(), 1);
}

#[tokio::test]
async fn a_redirect_is_an_answer_like_any_other() {
    let (inside, connections) = server("HTTP/1.1 204 No Content\r\n\r\n").await;
    let answer = format!("HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:{inside}/\r\ncontent-length: 0\r\n\r\n");
    let (port, _) = server(answer.leak()).await;
    let outside = Outside::new(true);
    assert_eq!(post(&outside, &format!("http://127.0.0.1:{port}/hook")).await, Ok(302));
    assert_eq!(*connections.lock().unwrap(), 0, "nobody went there");
}

#[tokio::test]
async fn an_answer_without_end_is_not_waited_for() {
    // It says how much will come, and nothing comes: the status is all that is read.
    let (port, _) = server("HTTP/1.1 200 OK\r\ncontent-length: 999999999999\r\n\r\n").await;
    let outside = Outside::new(true);
    assert_eq!(post(&outside, &format!("http://127.0.0.1:{port}/hook")).await, Ok(200));
}

#[tokio::test]
async fn who_does_not_answer_is_given_up() {
    let (port, _) = server("").await;
    let outside = Outside::new(true);
    let url = format!("http://127.0.0.1:{port}/hook");
    let call = post(&outside, &url);
    tokio::pin!(call);
    // Let it connect in real time, then let the clock run ahead.
    assert!(tokio::time::timeout(Duration::from_millis(200), &mut call).await.is_err());
    tokio::time::pause();
    tokio::time::advance(WITHIN).await;
    assert_eq!(call.await, Err(Refusal::Time));
}

#[tokio::test]
async fn nobody_there_is_no_connection() {
    let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    assert_eq!(post(&Outside::new(true), &format!("http://127.0.0.1:{port}/hook")).await, Err(Refusal::Connection));
}

/// The ways in which a parser of URLs, or of addresses, may be told of an IPv4 address.
fn forms(address: Ipv4Addr) -> Vec<String> {
    let [a, b, c, d] = address.octets();
    let bits = address.to_bits();
    vec![
        address.to_string(),
        format!("{address}."),
        format!("{bits}"),
        format!("{bits:#x}"),
        format!("0{bits:o}"),
        format!("{a:#x}.{b:#x}.{c:#x}.{d:#x}"),
        format!("0{a:o}.0{b:o}.0{c:o}.0{d:o}"),
        format!("{a}.{}", bits & 0x00ff_ffff),
        format!("{a}.{b}.{}", bits & 0xffff),
        format!("%3{}{}", a % 10, &address.to_string()[1..]),
        format!("[::ffff:{address}]"),
        format!("[::{address}]"),
        format!("[64:ff9b::{address}]"),
        address
            .to_string()
            .chars()
            .map(|c| char::from_u32(c as u32 + 0xfee0).filter(|_| c != '.').unwrap_or('。'))
            .collect(),
    ]
}

proptest! {
    /// However an address is written, it is an address, and no address is taken.
    #[test]
    fn no_form_of_an_address_is_taken_for_a_name(bits: u32) {
        let outside = Outside::new(false);
        let address = Ipv4Addr::from_bits(bits);
        for form in forms(address) {
            prop_assert!(outside.check(&format!("https://{form}/hook")).is_err(), "{form}");
        }
    }

    /// Of this machine, whatever the form: only where that is allowed.
    #[test]
    fn this_machine_is_let_through_only_where_that_is_allowed(low in 0_u32..0x0100_0000) {
        let address = Ipv4Addr::from_bits(0x7f00_0000 | low);
        for url in [format!("http://{address}:8151/"), format!("https://[::ffff:{address}]:8151/")] {
            prop_assert!(Outside::new(false).check(&url).is_err());
            prop_assert!(Outside::new(true).check(&url).is_ok(), "{url}");
        }
        let elsewhere = Ipv4Addr::from_bits(0x0a00_0000 | low);
        let elsewhere_by_http = format!("http://{elsewhere}/");
        prop_assert!(Outside::new(true).check(&elsewhere_by_http).is_err());
    }

    /// Whatever a resolver answers: one address that is not public, and there is no call.
    #[test]
    fn no_answer_with_a_private_address_in_it_is_used(public in 0_usize..4, private: u32, place in 0_usize..4) {
        let mut answer: Vec<IpAddr> = vec![Ipv4Addr::new(8, 8, 8, 8).into(); public];
        let inside = [0x0a00_0000, 0x7f00_0000, 0xa9fe_0000, 0xc0a8_0000][private as usize % 4];
        answer.insert(place.min(public), Ipv4Addr::from_bits(inside | private & 0xffff).into());
        let resolver = Scripted { answers: Arc::new(Mutex::new(vec![answer])), ..Scripted::default() };
        let checked = Checked { resolver: SharedDnsResolver::new(resolver), allows_loopback: false };
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        prop_assert!(runtime.block_on(checked.resolve_dns("example.com")).is_err());
    }
}
